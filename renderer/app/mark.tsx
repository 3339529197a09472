/** The product's mark: three bars, one for each precision, shorter as they get faster. */

export function Mark({ size = 20 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <rect x="1" y="2.5" width="18" height="4" rx="1" fill="var(--precision-fp32)" />
      <rect x="1" y="8" width="13" height="4" rx="1" fill="var(--precision-fp16)" />
      <rect x="1" y="13.5" width="8" height="4" rx="1" fill="var(--precision-int8)" />
    </svg>
  );
}
