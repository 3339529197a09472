/** `CSV`: the figures of a chart as a file, from the host where it serves them, else written here. */

import { DownloadIcon } from '../../design/icons.tsx';
import { Button } from '../../design/index.ts';
import { type CsvCell, csvText } from './csv.ts';
import styles from './csv-link.module.css';
import { downloadText } from './download.ts';

interface CsvLinkProps {
  /** Whose figures: `Latency`. */
  readonly of: string;
  readonly url: string;
}

export function CsvLink({ of, url }: CsvLinkProps) {
  return (
    <a className={styles.link} href={url} download aria-label={`${of} as CSV`}>
      <DownloadIcon size={13} />
      CSV
    </a>
  );
}

interface CsvButtonProps {
  readonly of: string;
  readonly name: string;
  readonly data: () => {
    readonly header: readonly string[];
    readonly rows: readonly (readonly CsvCell[])[];
  };
}

export function CsvButton({ of, name, data }: CsvButtonProps) {
  const write = () => {
    const { header, rows } = data();
    downloadText(name, csvText(header, rows));
  };
  return (
    <Button variant="quiet" size="small" className={styles.link} onClick={write} aria-label={`${of} as CSV`}>
      <DownloadIcon size={13} />
      CSV
    </Button>
  );
}
