//! The benchmarks of docs/performance.md: `cargo bench -p passgate`.
//!
//! Each figure is a ratio of two sides that are measured in one run, in turns, so that a machine that is busy or slows
//! down blurs both alike; shown are the median of the rounds and their range. The server is the program itself,
//! started as `passgate dev` in a process of its own; what it is compared with (`bare`) is another process with the
//! same accept loop and nothing behind it. Everything stays on loopback, every loop ends by itself, and nothing is
//! asserted: `ROUNDS`, `WINDOW_MS` and `SAMPLES` in the environment say how long it takes, and names after `--`
//! (`policy`, `sets`, `cheap`, `saturated`, `sign-in`) which figures are wanted.
//!
//! Linux only: processor times are read from `/proc`.

mod bare;
mod cheap;
mod client;
mod load;
mod measure;
mod policy;
mod processor;
mod saturated;
mod server;
mod sets;
mod sign_in;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, size] = arguments.as_slice()
        && command == bare::COMMAND
    {
        return bare::serve(size.parse().expect("a size"));
    }
    // Cargo runs benches in test mode too: there is nothing to test in a measurement.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let named: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let wanted = |name: &str| named.is_empty() || named.iter().any(|wanted| *wanted == name);
    let rounds = measure::Rounds::from_environment();
    println!("{rounds}\n\n| figure | aim | median | lowest to highest |\n|---|---|---|---|");
    if wanted("policy") {
        policy::run(&rounds);
    }
    let server = server::Server::start();
    for (name, run) in FIGURES {
        if wanted(name) {
            run(&server, &rounds);
        }
    }
}

type Run = fn(&server::Server, &measure::Rounds);

/// By the names that may follow `--` on the command line.
const FIGURES: [(&str, Run); 4] =
    [("sets", sets::run), ("cheap", cheap::run), ("saturated", saturated::run), ("sign-in", sign_in::run)];
