package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Broker;
import dev.darkroom.benchmarks.stand.ChildProcess;
import dev.darkroom.benchmarks.stand.GatewayProcess;
import dev.darkroom.benchmarks.stand.ProcessorTime;
import dev.darkroom.benchmarks.stand.Stand;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/** Processor time of each process, in milliseconds. */
record JobCosts(double gateway, double worker, double postgres, double kafka, double stub) {
  static JobCosts soFar(Stand stand, GatewayProcess gateway, ChildProcess worker, Broker broker)
      throws IOException {
    return new JobCosts(
        ProcessorTime.millis(gateway.process().pid()),
        ProcessorTime.millis(worker.pid()),
        ProcessorTime.millisWithChildren(stand.postmaster()),
        ProcessorTime.millis(broker.process().pid()),
        ProcessorTime.millis(ProcessHandle.current().pid()));
  }

  JobCosts since(JobCosts earlier) {
    return new JobCosts(
        gateway - earlier.gateway,
        worker - earlier.worker,
        postgres - earlier.postgres,
        kafka - earlier.kafka,
        stub - earlier.stub);
  }

  /** Of the system's own processes, without the provider's. */
  double sum() {
    return gateway + worker + postgres + kafka;
  }

  /** A row for each process: the median of the rounds, for each of the jobs. */
  static <T> void add(
      Findings findings, String prefix, List<T> rounds, Function<T, JobCosts> costs, int jobs) {
    var spent = rounds.stream().map(costs).toList();
    findings.add(prefix + "gateway", "ms", Findings.median(spent, JobCosts::gateway) / jobs);
    findings.add(prefix + "worker", "ms", Findings.median(spent, JobCosts::worker) / jobs);
    findings.add(prefix + "PostgreSQL", "ms", Findings.median(spent, JobCosts::postgres) / jobs);
    findings.add(prefix + "Kafka", "ms", Findings.median(spent, JobCosts::kafka) / jobs);
    findings.add(prefix + "provider stub", "ms", Findings.median(spent, JobCosts::stub) / jobs);
  }
}
