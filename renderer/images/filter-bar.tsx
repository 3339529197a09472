/** Narrows the grid down: by state, by class, by file name; and how thumbnails look. */

import { useEffect, useState } from 'react';
import { formatCount } from '../design/format.ts';
import { SearchIcon } from '../design/icons.tsx';
import { SelectField, Switch, TextField } from '../design/index.ts';
import styles from './filter-bar.module.css';
import type { ImageFilter, ImageSet } from './image-types.ts';
import type { ThumbnailSize } from './images-store.ts';

export interface FilterBarProps {
  readonly set: ImageSet;
  readonly filter: ImageFilter;
  /** True once a sample was picked from this set. */
  readonly picked: boolean;
  readonly onFilter: (change: Partial<ImageFilter>) => void;
  /** Images that pass; null before the host has said. */
  readonly shown: number | null;
  readonly labelsShown: boolean;
  readonly onLabelsShown: (shown: boolean) => void;
  readonly size: ThumbnailSize;
  readonly onSize: (size: ThumbnailSize) => void;
}

/** The text follows the typing at once, the filter a moment later. */
function useDelayedText(
  text: string,
  onText: (text: string) => void,
): readonly [string, (text: string) => void] {
  const [draft, setDraft] = useState(text);
  useEffect(() => setDraft(text), [text]);
  useEffect(() => {
    if (draft === text) return;
    const timer = setTimeout(() => onText(draft), 200);
    return () => clearTimeout(timer);
  }, [draft, text, onText]);
  return [draft, setDraft];
}

const anyClass = 'any';
const sizes = [
  { value: 'small', label: 'Small' },
  { value: 'medium', label: 'Medium' },
  { value: 'large', label: 'Large' },
] as const;

export function FilterBar({
  set,
  filter,
  picked,
  onFilter,
  shown,
  labelsShown,
  onLabelsShown,
  size,
  onSize,
}: FilterBarProps) {
  const [text, setText] = useDelayedText(filter.text, (next) => onFilter({ text: next }));
  const states = [
    { value: 'all', label: 'All images' },
    { value: 'unreadable', label: `Unreadable (${formatCount(set.unreadable)})` },
    { value: 'duplicate', label: `Duplicates (${formatCount(set.duplicates)})` },
    ...(set.labels === null ? [] : [{ value: 'unlabelled', label: 'Without labels' } as const]),
    { value: 'picked', label: 'Picked sample', disabled: !picked },
  ] as const;
  const classes = [
    { value: anyClass, label: 'Any class' },
    ...set.classNames.map((name, index) => ({ value: String(index), label: name })),
  ];
  return (
    <search className={styles.bar} aria-label="Filter images">
      <TextField
        className={styles.text}
        label="File name"
        hideLabel
        type="search"
        placeholder="Part of a file name"
        icon={<SearchIcon size={14} />}
        value={text}
        onChange={setText}
      />
      <SelectField
        className={styles.select}
        label="State"
        hideLabel
        value={filter.state}
        options={states}
        onChange={(state) => onFilter({ state })}
      />
      {set.classNames.length > 0 && (
        <SelectField
          className={styles.select}
          label="Class"
          hideLabel
          value={filter.classIndex === null ? anyClass : String(filter.classIndex)}
          options={classes}
          onChange={(value) => onFilter({ classIndex: value === anyClass ? null : Number(value) })}
        />
      )}
      <p className={styles.count} aria-live={set.phase === 'ready' ? 'polite' : 'off'}>
        {shown === null
          ? ''
          : shown === set.files
            ? formatCount(shown)
            : `${formatCount(shown)} of ${formatCount(set.files)}`}
      </p>
      <div className={styles.end}>
        {set.labels !== null && <Switch label="Labels" checked={labelsShown} onChange={onLabelsShown} />}
        <SelectField
          className={styles.size}
          label="Size of the pictures"
          hideLabel
          value={size}
          options={sizes}
          onChange={onSize}
        />
      </div>
    </search>
  );
}
