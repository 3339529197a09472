/** The place for settings: looks, the host and what works on it, other hosts, where things are kept. */

import { useEffect, useRef } from 'react';
import { desktopBridge } from '../app/bridge.ts';
import { useCommands } from '../app/commands.ts';
import { useNavigation } from '../app/navigation.ts';
import { type Theme, useTheme } from '../app/theme.ts';
import { windowLog } from '../app/window-log.ts';
import { useHost } from '../connection/index.ts';
import { Button, CopyButton, Panel, PlaceHeader, RadioCards } from '../design/index.ts';
import { DoctorPanel } from './doctor-panel.tsx';
import { HostPanel } from './host-panel.tsx';
import { HostsPanel } from './hosts-panel.tsx';
import styles from './settings.module.css';

export function SettingsPlace() {
  const bridge = desktopBridge();
  const section = useNavigation((state) => state.params.section);
  const hostPart = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (section === 'host') hostPart.current?.scrollIntoView({ block: 'start' });
  }, [section]);
  return (
    <div className={styles.settings}>
      <PlaceHeader title="Settings" />
      <Looks />
      <div ref={hostPart} className={styles.hostPart}>
        <HostPanel />
        <DoctorPanel />
        {bridge !== null && <HostsPanel bridge={bridge} />}
      </div>
      <Trouble />
    </div>
  );
}

function Looks() {
  const { theme, setTheme } = useTheme();
  return (
    <Panel title="Looks">
      <RadioCards<Theme>
        label="Theme"
        hideLabel
        columns={3}
        value={theme}
        onChange={setTheme}
        options={[
          {
            value: 'system',
            title: 'As the system',
            text: 'Light by day and dark by night, if the system does so.',
          },
          { value: 'light', title: 'Light', text: 'Ink on paper.' },
          { value: 'dark', title: 'Dark', text: 'For dim rooms and long evenings.' },
        ]}
      />
    </Panel>
  );
}

function Trouble() {
  const { info } = useHost();
  const setSheetOpen = useCommands((state) => state.setSheetOpen);
  return (
    <Panel title="Help">
      <div className={styles.help}>
        <Button size="small" onClick={() => setSheetOpen(true)}>
          Keyboard shortcuts
        </Button>
        <CopyButton label="Copy the log of this window" text={() => windowLog(info.version)} />
      </div>
    </Panel>
  );
}
