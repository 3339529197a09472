/** The open model: its header, and below it the overview or the graph. */

import { desktopBridge } from '../app/bridge.ts';
import { useNavigation } from '../app/navigation.ts';
import { type ModelDetails, useProject } from '../app/project-store.ts';
import { useHost } from '../connection/index.ts';
import { copyText } from '../design/copy-button.tsx';
import { formatCount } from '../design/format.ts';
import { MoreIcon } from '../design/icons.tsx';
import { Button, IconButton, Menu, type MenuItem, PlaceHeader, Tabs } from '../design/index.ts';
import { GraphView } from './graph/graph-view.tsx';
import { ModelOverview } from './model-overview.tsx';
import styles from './model-view.module.css';
import { useOpenModel } from './use-open-model.ts';

function useMenuItems(model: ModelDetails): readonly MenuItem[] {
  const { local } = useHost();
  const { choose } = useOpenModel();
  const setParams = useNavigation((state) => state.setParams);
  const closeModel = useProject((state) => state.closeModel);
  const bridge = local ? desktopBridge() : null;
  return [
    { label: 'Open another model…', onSelect: choose },
    { label: 'Recent models', onSelect: () => setParams({ view: 'recent' }) },
    { label: 'Copy the path', onSelect: () => void copyText(model.path) },
    ...(bridge === null
      ? []
      : [{ label: 'Show in the file manager', onSelect: () => void bridge.revealInFolder(model.path) }]),
    { label: 'Close the model', onSelect: closeModel },
  ];
}

export function ModelView({ model }: { readonly model: ModelDetails }) {
  const { params, setParams, go } = useNavigation();
  const items = useMenuItems(model);
  return (
    <div className={styles.view}>
      <PlaceHeader
        title={model.name}
        description={<span className={styles.path}>{model.path}</span>}
        actions={
          <>
            <Menu
              trigger={
                <IconButton label="More about this model" variant="secondary">
                  <MoreIcon />
                </IconButton>
              }
              items={items}
            />
            <Button variant="primary" onClick={() => go('convert', {})}>
              Convert…
            </Button>
          </>
        }
      />
      <Tabs
        label="Views of the model"
        fill
        value={params.view === 'graph' ? 'graph' : 'overview'}
        onChange={(view) => setParams({ view: view === 'graph' ? 'graph' : null })}
        items={[
          { value: 'overview', label: 'Overview', content: <ModelOverview model={model} /> },
          {
            value: 'graph',
            label: 'Graph',
            note: formatCount(model.nodeCount),
            content: <GraphView model={model} />,
          },
        ]}
      />
    </div>
  );
}
