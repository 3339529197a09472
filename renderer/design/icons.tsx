/** The window's own icons: 16 by 16, one stroke width, drawn in the colour of the text beside them. */

import type { ReactNode } from 'react';

export interface IconProps {
  readonly size?: number;
}

function icon(drawing: ReactNode) {
  return function Icon({ size = 16 }: IconProps) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {drawing}
      </svg>
    );
  };
}

/** Three linked nodes: a model's graph. */
export const ModelIcon = icon(
  <>
    <rect x="5.5" y="1.5" width="5" height="3.5" rx="1" />
    <rect x="1.5" y="11" width="5" height="3.5" rx="1" />
    <rect x="9.5" y="11" width="5" height="3.5" rx="1" />
    <path d="M8 5v3M4 11V8h8v3" />
  </>,
);
export const ImagesIcon = icon(
  <>
    <rect x="1.5" y="3.5" width="11" height="9" rx="1.2" />
    <path d="M14.5 5.5v8a1 1 0 0 1-1 1h-9M1.8 10.8l3-3 2.4 2.4 2-2 3 3" />
    <circle cx="9.6" cy="6.4" r=".7" />
  </>,
);
export const ConvertIcon = icon(
  <>
    <path d="M2 4.5h7.5a3 3 0 0 1 3 3V8M14 11.5H6.5a3 3 0 0 1-3-3V8" />
    <path d="M10.5 6l2 2 2-2M1.5 10l2-2 2 2" />
  </>,
);
export const CompareIcon = icon(<path d="M1.5 14.5h13M3.5 12V6.5M6.5 12V9M9.5 12V2.5M12.5 12V7" />);
export const EnginesIcon = icon(
  <>
    <path d="M8 1.5l5.8 3.200v6.600L8 14.5l-5.8-3.200V4.700z" />
    <path d="M2.4 4.800L8 8l5.6-3.200M8 8v6.3" />
  </>,
);
export const SettingsIcon = icon(
  <>
    <path d="M1.5 4.5h7M12.5 4.5h2M1.5 11.5h2M7.5 11.5h7" />
    <circle cx="10.5" cy="4.5" r="1.9" />
    <circle cx="5.5" cy="11.5" r="1.9" />
  </>,
);
export const SearchIcon = icon(
  <>
    <circle cx="7" cy="7" r="4.5" />
    <path d="M10.4 10.400l4 4" />
  </>,
);
export const CloseIcon = icon(<path d="M3.5 3.5l9 9M12.5 3.5l-9 9" />);
export const CheckIcon = icon(<path d="M3 8.5l3.2 3.200L13 4.5" />);
export const ChevronDownIcon = icon(<path d="M4 6l4 4 4-4" />);
export const ChevronRightIcon = icon(<path d="M6 4l4 4-4 4" />);
export const ChevronLeftIcon = icon(<path d="M10 4L6 8l4 4" />);
export const PlusIcon = icon(<path d="M8 2.5v11M2.5 8h11" />);
export const MinusIcon = icon(<path d="M2.5 8h11" />);
export const CopyIcon = icon(
  <>
    <rect x="5.5" y="5.5" width="9" height="9" rx="1.2" />
    <path d="M10.5 5.5v-3a1 1 0 0 0-1-1h-7a1 1 0 0 0-1 1v7a1 1 0 0 0 1 1h3" />
  </>,
);
export const FolderIcon = icon(<path d="M1.5 12.5v-9h4.200l1.6 2h7.200v7z" />);
export const FileIcon = icon(<path d="M3.5 14.5v-13h6l3 3v10zM9.5 1.5v3h3" />);
export const DownloadIcon = icon(<path d="M8 2v8.5M4.5 7L8 10.5 11.5 7M2 14h12" />);
export const UploadIcon = icon(<path d="M8 10.5V2M4.5 5.5L8 2l3.5 3.5M2 14h12" />);
export const TrashIcon = icon(
  <path d="M2 4h12M6 4V2.5h4V4M3.5 4l.7 10.5h7.600l.7-10.5M6.6 7v4.5M9.4 7v4.5" />,
);
export const RepeatIcon = icon(
  <>
    <path d="M13.5 8a5.5 5.5 0 1 1-1.7-4" />
    <path d="M13.7 1.5v3h-3" />
  </>,
);
export const StopIcon = icon(<rect x="3.5" y="3.5" width="9" height="9" rx="1" />);
export const PlayIcon = icon(<path d="M4.5 2.5v11l9-5.5z" />);
export const WarningIcon = icon(
  <>
    <path d="M8 2L1.5 13.5h13z" />
    <path d="M8 6.5v3.200M8 11.700v.1" />
  </>,
);
export const ErrorIcon = icon(
  <>
    <circle cx="8" cy="8" r="6.5" />
    <path d="M5.7 5.700l4.6 4.600M10.3 5.700l-4.6 4.6" />
  </>,
);
export const InfoIcon = icon(
  <>
    <circle cx="8" cy="8" r="6.5" />
    <path d="M8 7.300v4M8 4.700v.1" />
  </>,
);
export const OkIcon = icon(
  <>
    <circle cx="8" cy="8" r="6.5" />
    <path d="M5 8.300l2.1 2.100L11 6" />
  </>,
);
export const MoreIcon = icon(<path d="M3 8h.1M8 8h.1M13 8h.1" strokeWidth="2.2" />);
export const FitIcon = icon(<path d="M2 6V2h4M14 6V2h-4M2 10v4h4M14 10v4h-4" />);
export const SunIcon = icon(
  <>
    <circle cx="8" cy="8" r="3" />
    <path d="M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.100M11.9 11.900L13 13M13 3l-1.1 1.100M4.1 11.900L3 13" />
  </>,
);
export const MoonIcon = icon(<path d="M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z" />);
export const HostIcon = icon(
  <>
    <rect x="1.5" y="2.5" width="13" height="4.5" rx="1" />
    <rect x="1.5" y="9" width="13" height="4.5" rx="1" />
    <path d="M4 4.700h.1M4 11.200h.1" strokeWidth="1.8" />
  </>,
);
export const KeyboardIcon = icon(
  <>
    <rect x="1" y="3.5" width="14" height="9" rx="1.2" />
    <path d="M4 6.5h.1M6.7 6.5h.1M9.3 6.5h.1M12 6.5h.1M4.5 9.700h7" />
  </>,
);
