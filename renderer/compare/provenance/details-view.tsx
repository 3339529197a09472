/** Everything needed to trust and to repeat a run: what figures are worth, command, environment, inputs. */

import type { ReactNode } from 'react';
import { formatBytes, formatCount, formatDuration } from '../../design/format.ts';
import { CopyButton, Panel, PrecisionTag } from '../../design/index.ts';
import type { Report } from '../report-parts.ts';
import { plural } from '../report-parts.ts';
import { worthOfFigures } from '../verdict/figure-worth.ts';
import styles from './details-view.module.css';

type Fact = readonly [name: string, value: ReactNode];

function preprocessingInWords({ preprocessing: p }: Report): string {
  const scale = Math.abs(p.scale - 1 / 255) < 1e-12 ? 'divided by 255' : `times ${p.scale}`;
  const normalised =
    p.mean.some((mean) => mean !== 0) || p.std.some((std) => std !== 1)
      ? `, minus ${p.mean.join(' ')}, divided by ${p.std.join(' ')}`
      : '';
  const border = p.resize === 'letterbox' ? `, border ${p.pad}` : '';
  return `${p.resize} to ${p.width} \u00d7 ${p.height}${border}, ${p.interpolation}, ${p.color.toUpperCase()}, ${scale}${normalised}`;
}

function environmentFacts({ environment, startedAt, seconds }: Report): readonly Fact[] {
  const { cpu, target } = environment;
  return [
    [
      'CPU',
      `${cpu.model}, ${plural(cpu.logicalCores, 'logical core')}, ${plural(environment.threads, 'thread')} for each engine`,
    ],
    ['Instruction sets', cpu.instructionSets.join(', ') || 'none that matter for INT8'],
    ['Memory', formatBytes(environment.memoryBytes)],
    ['Target', `${target.name} ${target.version} on ${target.device}`],
    [
      'Software',
      `Engine Room ${environment.engineRoom}, Node ${environment.node}, ${environment.operatingSystem}`,
    ],
    ['Run', `${new Date(startedAt).toLocaleString('en-GB')}, took ${formatDuration(seconds)}`],
  ];
}

function inputFacts(report: Report, out: string): readonly Fact[] {
  const { model, calibration, validation } = report;
  const facts: Fact[] = [
    ['Model', <Hashed key="model" path={model.path} sha256={model.sha256} />],
    ['Output layout', `${model.layout}: ${model.layoutReason}`],
    ['Preprocessing', preprocessingInWords(report)],
  ];
  if (calibration) {
    facts.push(
      ['Calibration set', `${calibration.source}, ${plural(calibration.images, 'image')}`],
      [
        'Calibration cache',
        <Hashed key="cache" path={calibration.cachePath} sha256={calibration.key} word="key" />,
      ],
    );
    if (calibration.tensorRtCache !== undefined)
      facts.push(['Ranges for TensorRT', calibration.tensorRtCache]);
  }
  if (validation) {
    const labels =
      validation.labels === null
        ? 'no labels'
        : `labels ${validation.labels} (${validation.labelFormat}, ${formatCount(validation.boxes)} boxes)`;
    facts.push(['Validation set', `${validation.source}, ${plural(validation.images, 'image')}, ${labels}`]);
  }
  facts.push(['Results in', out]);
  return facts;
}

export function DetailsView({ report, out }: { readonly report: Report; readonly out: string }) {
  const worth = worthOfFigures(report);
  const warnings = report.validation?.warnings ?? [];
  return (
    <div className={styles.view}>
      <Panel title="What these figures are worth" description={worth.short}>
        <dl className={styles.worth}>
          {worth.points.map(({ title, text }) => (
            <div key={title}>
              <dt>{title}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </Panel>
      <Panel
        title="To repeat it"
        description="This command gives the same ranges, the same engines and the same accuracy."
        actions={<CopyButton label="Copy" text={report.command} />}
      >
        <pre className={styles.command}>{report.command}</pre>
      </Panel>
      <div className={styles.columns}>
        <Panel title="Environment">
          <Facts facts={environmentFacts(report)} />
        </Panel>
        <Panel title="Inputs">
          <Facts facts={inputFacts(report, out)} />
        </Panel>
      </div>
      <Panel title="Engines">
        <Facts
          facts={report.results.map(({ precision, engine, sha256, bytes, buildSeconds }) => [
            <PrecisionTag key={precision} precision={precision} />,
            engine === null ? (
              'not kept'
            ) : (
              <>
                <Hashed path={engine} sha256={sha256} />
                <div className={styles.soft}>
                  {formatBytes(bytes)}, built in {formatDuration(buildSeconds)}
                </div>
              </>
            ),
          ])}
        />
      </Panel>
      {warnings.length > 0 && (
        <Panel title="What was found in the labels">
          <ul className={styles.warnings}>
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Panel>
      )}
    </div>
  );
}

function Facts({ facts }: { readonly facts: readonly (readonly [ReactNode, ReactNode])[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value], i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list of facts
        <div key={i}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface HashedProps {
  readonly path: string;
  readonly sha256: string;
  readonly word?: string;
}

function Hashed({ path, sha256, word = 'SHA-256' }: HashedProps) {
  return (
    <>
      {path}
      <div className={styles.hash}>
        <span className={styles.soft}>{word}</span> <code>{sha256}</code>
        <CopyButton iconOnly label={`Copy the ${word}`} text={sha256} />
      </div>
    </>
  );
}
