/** The design system: what the places are made of. */

export { Button, type ButtonProps, type ControlSize, IconButton, type IconButtonProps } from './button.tsx';
export { classNames } from './class-names.ts';
export { CopyButton, type CopyButtonProps, copyText } from './copy-button.tsx';
export { ConfirmDialog, type ConfirmDialogProps, Dialog, type DialogProps } from './dialog.tsx';
export { Field, type FieldTexts, TextField, type TextFieldProps } from './field.tsx';
export { Menu, type MenuItem, type MenuProps } from './menu.tsx';
export { Notice, type NoticeProps, type Severity, SeverityIcon } from './notice.tsx';
export { NumberField, type NumberFieldProps } from './number-field.tsx';
export {
  type Precision,
  precisionBackColor,
  precisionColor,
  precisionName,
  precisions,
  precisionTextColor,
} from './precision.ts';
export { prose } from './prose.tsx';
export { SelectField, type SelectFieldProps, type SelectOption } from './select-field.tsx';
export {
  EmptyState,
  type EmptyStateProps,
  Figure,
  type FigureProps,
  Panel,
  type PanelProps,
  PlaceHeader,
  type PlaceHeaderProps,
  ProgressBar,
  type ProgressBarProps,
  Skeleton,
  type SkeletonProps,
  Table,
  type TableProps,
} from './surface.tsx';
export { type TabItem, Tabs, type TabsProps } from './tabs.tsx';
export { PrecisionTag, Tag, type TagProps, type Tone } from './tag.tsx';
export { failureTexts, type ToastMessage, Toasts, useToasts } from './toasts.tsx';
export {
  Checkbox,
  type RadioCardOption,
  RadioCards,
  type RadioCardsProps,
  Slider,
  type SliderProps,
  Switch,
  type ToggleProps,
} from './toggles.tsx';
export { Tooltip, type TooltipProps, TooltipProvider } from './tooltip.tsx';
