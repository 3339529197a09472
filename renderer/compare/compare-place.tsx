/** Compare: what a run's precisions cost and gain, in words, in charts, on pictures and against other runs. */

import type { ReactNode } from 'react';
import { filePaths } from '../../contract/procedures/index.ts';
import { useNavigation } from '../app/navigation.ts';
import { useHost } from '../connection/index.ts';
import { CompareIcon, DownloadIcon, FileIcon } from '../design/icons.tsx';
import {
  Button,
  EmptyState,
  Menu,
  Notice,
  PlaceHeader,
  Skeleton,
  type TabItem,
  Tabs,
} from '../design/index.ts';
import { AllRunsView } from './all-runs/all-runs-view.tsx';
import { CalibrationView } from './calibration/calibration-view.tsx';
import { OverviewCharts } from './charts/overview-charts.tsx';
import { ClassesView } from './classes/classes-view.tsx';
import styles from './compare-place.module.css';
import { DetailsView } from './provenance/details-view.tsx';
import type { Report, RunSummary } from './report-parts.ts';
import { RunPicker } from './run-picker.tsx';
import { RunWithoutReport } from './run-without-report.tsx';
import { TimeView } from './time/time-view.tsx';
import { TwoRunsView } from './two-runs/two-runs-view.tsx';
import { type Comparison, type ComparisonTab, useComparison } from './use-comparison.ts';
import { NoteList } from './verdict/note-list.tsx';
import { VerdictList } from './verdict/verdict-list.tsx';
import { Viewer } from './viewer/viewer.tsx';

export function ComparePlace() {
  const comparison = useComparison();
  const { runs, runsLoaded, run } = comparison;
  const go = useNavigation((state) => state.go);
  if (!runsLoaded) return <LoadingPlace />;
  if (run === null) {
    return (
      <>
        <PlaceHeader title="Compare" />
        <EmptyState
          title={runs.length === 0 ? 'Nothing has been converted yet' : 'No run has finished yet'}
          text="A conversion builds FP32, FP16 and INT8 engines of one model and measures them side by side. This page then says in words what each precision gains and costs, and shows on your own pictures which boxes were lost, gained or moved."
          illustration={<CompareIcon size={44} />}
          action={
            <Button variant="primary" onClick={() => go('convert')}>
              {runs.length === 0 ? 'Convert a model' : 'See the runs under way'}
            </Button>
          }
        />
      </>
    );
  }
  return <RunComparison comparison={comparison} run={run} />;
}

function RunComparison({ comparison, run }: { readonly comparison: Comparison; readonly run: RunSummary }) {
  const { filesUrl } = useHost();
  const { report } = comparison;
  return (
    <div className={styles.place}>
      <PlaceHeader
        title="Compare"
        actions={
          <>
            <div className={styles.picker}>
              <RunPicker label="Run" runs={comparison.runs} run={run} onChoose={comparison.chooseRun} />
            </div>
            {report?.state === 'ready' && <ReportMenu run={run.id} filesUrl={filesUrl} />}
          </>
        }
      />
      {report === undefined || report.state === 'loading' ? (
        <LoadingReport />
      ) : report.state === 'failed' ? (
        <Notice
          severity="error"
          title={report.failure.message}
          action={<Button onClick={() => void comparison.reports.load(run.id)}>Try again</Button>}
        >
          {report.failure.remedy}
        </Notice>
      ) : report.state === 'none' ? (
        <RunWithoutReport run={run} />
      ) : (
        <ReportTabs comparison={comparison} run={run} report={report.report} />
      )}
    </div>
  );
}

interface ReportTabsProps {
  readonly comparison: Comparison;
  readonly run: RunSummary;
  readonly report: Report;
}

function ReportTabs({ comparison, run, report }: ReportTabsProps) {
  const { filesUrl } = useHost();
  const item = (value: ComparisonTab, label: string, content: () => ReactNode): TabItem<ComparisonTab> => ({
    value,
    label,
    // Views of other tabs are not built before they are looked at: some draw thousands of bars.
    content: comparison.tab === value ? content() : null,
  });
  return (
    <Tabs
      label="Views of the comparison"
      value={comparison.tab}
      onChange={comparison.chooseTab}
      items={[
        item('overview', 'Overview', () => (
          <>
            <VerdictList report={report} />
            <NoteList report={report} />
            <OverviewCharts run={run.id} report={report} filesUrl={filesUrl} />
          </>
        )),
        item('pictures', 'Pictures', () => <Viewer key={run.id} run={run} report={report} />),
        item('classes', 'Classes', () => <ClassesView run={run.id} report={report} filesUrl={filesUrl} />),
        item('time', 'Time', () => <TimeView run={run.id} report={report} />),
        item('calibration', 'Calibration', () => (
          <CalibrationView run={run.id} report={report} filesUrl={filesUrl} />
        )),
        item('all-runs', 'All runs', () => (
          <AllRunsView runs={comparison.runs} run={run} onChoose={comparison.chooseRun} />
        )),
        item('two-runs', 'Two runs', () => <TwoRunsView comparison={comparison} run={run} report={report} />),
        item('details', 'Details', () => <DetailsView report={report} out={run.out} />),
      ]}
    />
  );
}

function ReportMenu({
  run,
  filesUrl,
}: {
  readonly run: string;
  readonly filesUrl: (path: string) => string;
}) {
  const go = useNavigation((state) => state.go);
  const html = filesUrl(filePaths.report(run));
  return (
    <Menu
      trigger={<Button icon={<FileIcon />}>Report</Button>}
      items={[
        { label: 'Open report.html', icon: <FileIcon />, onSelect: () => openPage(html) },
        { label: 'Download report.html', icon: <DownloadIcon />, onSelect: () => save(html, 'report.html') },
        {
          label: 'Download report.json',
          icon: <DownloadIcon />,
          onSelect: () => save(filesUrl(`runs/${run}/report.json`), 'report.json'),
        },
        {
          label: 'Download summary as CSV',
          icon: <DownloadIcon />,
          onSelect: () => save(filesUrl(filePaths.csv(run, 'summary')), 'summary.csv'),
        },
        'separator',
        { label: 'Export an engine\u2026', onSelect: () => go('engines', { run }) },
      ]}
    />
  );
}

function openPage(url: string): void {
  window.open(url, '_blank', 'noopener');
}

/** Downloads by a link, so that the browser's own rules for downloads hold. */
function save(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}

function LoadingPlace() {
  return (
    <div aria-busy="true">
      <PlaceHeader title="Compare" />
      <LoadingReport />
    </div>
  );
}

function LoadingReport() {
  return (
    <div className={styles.loading} aria-busy="true">
      <output className={styles.unseen}>Loading the report</output>
      <Skeleton width="70%" height="1.6rem" />
      <Skeleton width="55%" height="1.6rem" />
      <div className={styles.cards}>
        <Skeleton height="17rem" />
        <Skeleton height="17rem" />
        <Skeleton height="17rem" />
      </div>
    </div>
  );
}
