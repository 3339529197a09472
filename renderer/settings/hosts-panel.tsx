/** Other hosts of the desktop: add one by the address that it printed, switch to it, forget it. */

import { useEffect, useState } from 'react';
import type { DesktopBridge, SavedHost } from '../../contract/bridge.ts';
import { useNavigation } from '../app/navigation.ts';
import { useHost } from '../connection/index.ts';
import { HostIcon, PlusIcon } from '../design/icons.tsx';
import { Button, ConfirmDialog, Dialog, Notice, Panel, Skeleton, TextField } from '../design/index.ts';
import { addressProblem, useHosts } from './hosts-store.ts';
import styles from './settings.module.css';

export function HostsPanel({ bridge }: { readonly bridge: DesktopBridge }) {
  const { hosts, failure, load, select } = useHosts();
  const { local } = useHost();
  const { params, setParams } = useNavigation();
  const [leaving, setLeaving] = useState<SavedHost | null>(null);
  useEffect(() => void load(bridge), [bridge, load]);
  const adding = params.add === 'host';
  return (
    <Panel
      title="Hosts"
      description={
        <>
          Start <code>engineroom serve</code> on a machine with a GPU and work on it from here.
        </>
      }
      actions={
        <Button size="small" icon={<PlusIcon size={14} />} onClick={() => setParams({ add: 'host' })}>
          Add host
        </Button>
      }
    >
      {failure !== null && !adding && (
        <Notice severity="error" title={failure.message} live>
          {failure.remedy}
        </Notice>
      )}
      {hosts === null ? (
        <Skeleton lines={2} height="1.2rem" />
      ) : (
        <ul className={styles.hosts}>
          <li className={styles.hostRow}>
            <HostIcon />
            <span>
              This machine<span className={styles.soft}>{local ? ', in use' : ''}</span>
            </span>
            <Button size="small" disabled={local} onClick={() => void select(bridge, null)}>
              Use
            </Button>
          </li>
          {hosts.map((host) => (
            <li key={host.id} className={styles.hostRow}>
              <HostIcon />
              <span className={styles.hostWords}>
                {host.name} <span className={styles.soft}>{host.url}</span>
              </span>
              <span className={styles.hostActions}>
                <Button size="small" onClick={() => void select(bridge, host.id)}>
                  Use
                </Button>
                <Button size="small" variant="quiet" onClick={() => setLeaving(host)}>
                  Remove
                </Button>
              </span>
            </li>
          ))}
        </ul>
      )}
      {adding && <AddHost bridge={bridge} close={() => setParams({ add: null })} />}
      <ConfirmDialog
        open={leaving !== null}
        onOpenChange={() => setLeaving(null)}
        title={`Remove ${leaving?.name ?? 'the host'}?`}
        text="Its address and token are forgotten here; runs and files on it stay."
        confirmLabel="Remove"
        danger
        onConfirm={() => {
          if (leaving !== null) void useHosts.getState().remove(bridge, leaving.id);
        }}
      />
    </Panel>
  );
}

function AddHost({ bridge, close }: { readonly bridge: DesktopBridge; readonly close: () => void }) {
  const { add, failure } = useHosts();
  const [address, setAddress] = useState('');
  const [busy, setBusy] = useState(false);
  const problem = address.trim() === '' ? null : addressProblem(address);
  const ready = address.trim() !== '' && problem === null;
  const submit = async () => {
    if (!ready) return;
    setBusy(true);
    const added = await add(bridge, address);
    setBusy(false);
    if (added) close();
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Add a host"
      description={
        <>
          <code>engineroom serve</code> prints an address with a token when it starts. The token is kept by
          the desktop and not shown again.
        </>
      }
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" disabled={!ready} busy={busy} onClick={submit}>
            Add host
          </Button>
        </>
      }
    >
      <div className={styles.add}>
        <TextField
          label="Address"
          value={address}
          onChange={setAddress}
          onEnter={submit}
          placeholder="http://gpu-box:7420/?token=…"
          error={problem}
          autoFocus
          mono
        />
        {failure !== null && (
          <Notice severity="error" title={failure.message} live>
            {failure.remedy}
          </Notice>
        )}
      </div>
    </Dialog>
  );
}
