/** The drawing of an empty Models place: one model becomes three engines. */

export function ModelDrawing() {
  return (
    <svg width="216" height="92" viewBox="0 0 216 92" fill="none" aria-hidden="true" focusable="false">
      <rect
        x="1"
        y="26"
        width="58"
        height="40"
        rx="5"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeDasharray="4 3"
      />
      <path d="M18 40h24M18 52h16" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
      <path
        d="M59 46h32c14 0 14-30 28-30h13M91 46h41M91 46c14 0 14 30 28 30h13"
        stroke="currentColor"
        strokeWidth="1.5"
      />
      <rect x="132" y="6" width="78" height="20" rx="3" fill="var(--precision-fp32)" />
      <rect x="132" y="36" width="52" height="20" rx="3" fill="var(--precision-fp16)" />
      <rect x="132" y="66" width="30" height="20" rx="3" fill="var(--precision-int8)" />
    </svg>
  );
}
