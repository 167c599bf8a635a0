//! The targets stand in the README: 8 ms to build a network, 80 ms for one lab test as a whole process.

use criterion::Criterion;

fn main() {
    benchmarks::play_if_asked_to();
    let mut criterion = Criterion::default().sample_size(100).configure_from_args();
    criterion.bench_function("network of two hosts", |bencher| {
        bencher.iter_custom(|runs| (0..runs).map(|_| benchmarks::set_up_time()).sum());
    });
    criterion.bench_function("empty lab as a process", |bencher| {
        bencher.iter(benchmarks::empty_lab)
    });
    criterion.bench_function("handshake as a process", |bencher| {
        bencher.iter(benchmarks::handshake)
    });
    criterion.final_summary();
}
