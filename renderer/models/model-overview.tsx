/** What a model is: figures, problems with remedies, tensors, output layout, classes, operators, origin. */

import { type ReactNode, useState } from 'react';
import type { ModelDetails } from '../app/project-store.ts';
import { formatBytes, formatCount, formatLargeCount } from '../design/format.ts';
import { Button, CopyButton, Figure, Notice, Panel, Table, Tag } from '../design/index.ts';
import styles from './model-view.module.css';
import { formatDims, inputSizeWords, layoutMeaning, layoutName, sortedProblems } from './model-words.ts';

export function ModelOverview({ model }: { readonly model: ModelDetails }) {
  return (
    <div className={styles.overview}>
      <Figures model={model} />
      {model.problems.length > 0 && (
        <section aria-label="Problems" className={styles.problems}>
          {sortedProblems(model.problems).map(({ severity, message, remedy }) => (
            <Notice key={`${message}${remedy}`} severity={severity} title={message}>
              {remedy}
            </Notice>
          ))}
        </section>
      )}
      <div className={styles.columns}>
        <div className={styles.column}>
          <Panel title="Inputs and outputs" flush>
            <Tensors model={model} />
          </Panel>
          <Panel title="Output layout" actions={<LayoutTag layout={model.layout} />}>
            <p>{model.layoutReason}</p>
            <p className={styles.meaning}>{layoutMeaning(model.layout)}</p>
          </Panel>
          <Origin model={model} />
        </div>
        <div className={styles.column}>
          <Classes names={model.classNames} known={model.layout !== 'none'} />
          <Operators operators={model.operators} />
        </div>
      </div>
    </div>
  );
}

function Figures({ model }: { readonly model: ModelDetails }) {
  const size = inputSizeWords(model);
  return (
    <div className={styles.figures}>
      <Figure label="Size" value={formatBytes(model.bytes)} />
      <Figure
        label="Parameters"
        value={formatLargeCount(model.parameterCount)}
        note={formatCount(model.parameterCount)}
      />
      <Figure label="Nodes" value={formatCount(model.nodeCount)} note={`${model.operators.length} kinds`} />
      <Figure label="Input" value={size.value} note={size.note} />
      <Figure
        label="Opset"
        value={String(model.opset)}
        note={model.producer === '' ? 'producer unknown' : model.producer}
      />
    </div>
  );
}

function Tensors({ model }: { readonly model: ModelDetails }) {
  const rows = [
    ...model.inputs.map((value) => ({ ...value, way: 'input' })),
    ...model.outputs.map((value) => ({ ...value, way: 'output' })),
  ];
  return (
    <Table label="Inputs and outputs">
      <thead>
        <tr>
          <th scope="col">Kind</th>
          <th scope="col">Name</th>
          <th scope="col">Shape</th>
          <th scope="col">Type</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ way, name, dims, dtype }) => (
          <tr key={`${way} ${name}`}>
            <td className={styles.way}>{way}</td>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td>{formatDims(dims)}</td>
            <td>{dtype}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function LayoutTag({ layout }: { readonly layout: ModelDetails['layout'] }) {
  return <Tag tone={layout === 'none' ? 'warning' : 'neutral'}>{layoutName(layout)}</Tag>;
}

/** As many classes as are shown before `Show all`. */
const someClasses = 36;

function Classes({ names, known }: { readonly names: readonly string[]; readonly known: boolean }) {
  const [all, setAll] = useState(false);
  if (names.length === 0) {
    return (
      <Panel title="Classes">
        <p className={styles.meaning}>
          {known
            ? 'The model does not name its classes; those of the labels are used.'
            : 'Without a known output layout there are no classes.'}
        </p>
      </Panel>
    );
  }
  const shown = all ? names : names.slice(0, someClasses);
  return (
    <Panel
      title="Classes"
      description={`${names.length} ${names.length === 1 ? 'class' : 'classes'}, numbered from 0`}
    >
      <ol className={styles.classes} start={0}>
        {shown.map((name, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the index is what a class is known by
          <li key={index}>
            <span className={styles.classIndex}>{index}</span> {name}
          </li>
        ))}
      </ol>
      {names.length > someClasses && (
        <Button size="small" variant="quiet" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${names.length}`}
        </Button>
      )}
    </Panel>
  );
}

const someOperators = 10;

function Operators({ operators }: { readonly operators: ModelDetails['operators'] }) {
  const sorted = operators
    .filter(({ operator }) => operator !== 'Constant')
    .sort((left, right) => right.count - left.count);
  const most = sorted[0]?.count ?? 1;
  const rest = sorted.slice(someOperators).reduce((sum, { count }) => sum + count, 0);
  return (
    <Panel title="Operators">
      <dl className={styles.operators}>
        {sorted.slice(0, someOperators).map(({ operator, count }) => (
          <div key={operator} className={styles.operator}>
            <dt>{operator}</dt>
            <dd>
              <span className={styles.bar} style={{ width: `${(count / most) * 100}%` }} />
              <span className={styles.count}>{formatCount(count)}</span>
            </dd>
          </div>
        ))}
      </dl>
      {rest > 0 && (
        <p className={styles.meaning}>
          and {formatCount(rest)} nodes of {sorted.length - someOperators} more kinds
        </p>
      )}
    </Panel>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Origin({ model }: { readonly model: ModelDetails }) {
  return (
    <Panel title="Origin">
      <dl className={styles.facts}>
        <Fact name="Producer">{model.producer === '' ? 'not stated' : model.producer}</Fact>
        <Fact name="Stride">{model.stride === null ? 'not stated' : formatCount(model.stride)}</Fact>
        <Fact name="SHA-256">
          <span className={styles.hash}>
            <code>{model.sha256}</code>
            <CopyButton text={model.sha256} label="Copy the hash" iconOnly />
          </span>
        </Fact>
      </dl>
    </Panel>
  );
}
