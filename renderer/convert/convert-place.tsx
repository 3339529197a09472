/** The place for conversions: a new one is set up here, and all are watched here. */

import { useMemo } from 'react';
import { type Command, useRegisterCommands } from '../app/commands.ts';
import { useNavigation } from '../app/navigation.ts';
import { useRuns } from '../app/runs-store.ts';
import { PlaceHeader, Tabs } from '../design/index.ts';
import { isOpen } from './run-types.ts';
import { RunsView } from './runs-view.tsx';
import { SetupView } from './setup-view.tsx';

export function ConvertPlace() {
  const { params, setParams, go } = useNavigation();
  const runs = useRuns((state) => state.runs);
  const open = runs.filter(isOpen).length;
  const view = params.run !== undefined || params.view === 'runs' ? 'runs' : 'new';
  const setUp = () => setParams({ view: null, run: null });

  const commands = useMemo<readonly Command[]>(
    () => [
      {
        id: 'convert.new',
        title: 'Set up a conversion',
        group: 'Convert',
        keywords: ['run', 'quantize', 'build', 'engine'],
        run: () => go('convert', {}),
      },
      {
        id: 'convert.runs',
        title: 'Show the runs',
        group: 'Convert',
        keywords: ['queue', 'progress', 'log'],
        run: () => go('convert', { view: 'runs' }),
      },
    ],
    [go],
  );
  useRegisterCommands(commands);

  return (
    <>
      <PlaceHeader
        title="Convert"
        description="Builds an engine for each precision, then measures size, speed and accuracy side by side."
      />
      <Tabs
        label="Convert"
        value={view}
        onChange={(next) => (next === 'new' ? setUp() : setParams({ view: 'runs' }))}
        items={[
          {
            value: 'new',
            label: 'New run',
            content: (
              <SetupView openRuns={open} onStarted={(run) => setParams({ view: 'runs', run: run.id })} />
            ),
          },
          {
            value: 'runs',
            label: 'Runs',
            ...(runs.length > 0
              ? { note: open > 0 ? `${open} under way, ${runs.length} in all` : runs.length }
              : {}),
            content: (
              <RunsView
                chosen={params.run ?? null}
                onChoose={(id) => setParams({ view: 'runs', run: id })}
                onSetUp={setUp}
              />
            ),
          },
        ]}
      />
    </>
  );
}
