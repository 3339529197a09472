/** The manifest beside an engine: what it is, what it was made from, how well it does, and how to make it again. */

import type { Report, ResultReport } from './report.ts';

export interface Manifest {
  readonly schema: 1;
  readonly engine: { readonly file: string; readonly sha256: string; readonly bytes: number };
  readonly precision: ResultReport['precision'];
  readonly target: Report['environment']['target'];
  readonly createdAt: string;
  readonly engineRoom: string;
  readonly model: Pick<Report['model'], 'path' | 'name' | 'sha256' | 'opset'>;
  readonly inputs: Report['model']['inputs'];
  readonly outputs: Report['model']['outputs'];
  readonly layout: Report['model']['layout'];
  readonly classNames: readonly string[];
  readonly preprocessing: Report['preprocessing'];
  readonly detection: Report['specification']['detection'];
  /** Null for an engine that needs none. */
  readonly calibration: Omit<
    NonNullable<Report['calibration']>,
    'ranges' | 'seconds' | 'peakRssBytes'
  > | null;
  readonly quantization: Pick<
    NonNullable<ResultReport['quantization']>,
    'quantizedNodes' | 'floatNodes' | 'quantizedTensors'
  > | null;
  /** What the figures below were measured on. */
  readonly measuredOn: {
    readonly cpu: string;
    readonly instructionSets: readonly string[];
    readonly operatingSystem: string;
    readonly threads: number;
  };
  readonly latencyMs: Omit<ResultReport['latencyMs'], 'samples'>;
  readonly accuracy: Omit<NonNullable<ResultReport['accuracy']>, 'perClass'> | null;
  readonly agreement: Omit<NonNullable<ResultReport['agreement']>, 'perClass'> | null;
  readonly status: ResultReport['status'];
  /** The command that builds it again. */
  readonly command: string;
}

/** Name of the manifest of an engine: `parts-int8.onnx` has `parts-int8.engine.json`. */
export function manifestName(engineFile: string): string {
  return `${engineFile.replace(/\.[^.]+$/, '')}.engine.json`;
}

/** Name of the file that holds an engine's weights where they exceed what an ONNX file can hold. */
export function engineDataName(engineFile: string): string {
  return `${engineFile.replace(/\.onnx$/, '')}.onnx_data`;
}

/** Name of the ranges in TensorRT's text form beside an engine: `parts-int8.onnx` has `parts-int8.calib.cache`. */
export function tensorRtCacheName(engineFile: string): string {
  return `${engineFile.replace(/\.[^.]+$/, '')}.calib.cache`;
}

/** @param engineFile file name of the engine in the output folder */
export function makeManifest(report: Report, result: ResultReport, engineFile: string): Manifest {
  const { model, environment } = report;
  const { samples: _samples, ...latencyMs } = result.latencyMs;
  const withoutClasses = <T extends { perClass: unknown }>(figures: T | null): Omit<T, 'perClass'> | null => {
    if (figures === null) return null;
    const { perClass: _perClass, ...rest } = figures;
    return rest;
  };
  let calibration: Manifest['calibration'] = null;
  if (result.precision === 'int8' && report.calibration !== null) {
    const { ranges: _ranges, seconds: _seconds, peakRssBytes: _peak, ...rest } = report.calibration;
    calibration = rest;
  }
  return {
    schema: 1,
    engine: { file: engineFile, sha256: result.sha256, bytes: result.bytes },
    precision: result.precision,
    target: environment.target,
    createdAt: report.startedAt,
    engineRoom: environment.engineRoom,
    model: { path: model.path, name: model.name, sha256: model.sha256, opset: model.opset },
    inputs: model.inputs,
    outputs: model.outputs,
    layout: model.layout,
    classNames: model.classNames,
    preprocessing: report.preprocessing,
    detection: report.specification.detection,
    calibration,
    quantization: result.quantization && {
      quantizedNodes: result.quantization.quantizedNodes,
      floatNodes: result.quantization.floatNodes,
      quantizedTensors: result.quantization.quantizedTensors,
    },
    measuredOn: {
      cpu: environment.cpu.model,
      instructionSets: environment.cpu.instructionSets,
      operatingSystem: environment.operatingSystem,
      threads: environment.threads,
    },
    latencyMs,
    accuracy: withoutClasses(result.accuracy),
    agreement: withoutClasses(result.agreement),
    status: result.status,
    command: report.command,
  };
}
