//! `record NAME DIR` plays a scene and writes its recording; `record --list` names all scenes.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use lab::{Lab, Restart, Settings};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--list"] => {
            for scene in scenes::all() {
                println!("{}/{}\t{}", scene.part(), scene.name, scene.title);
            }
            ExitCode::SUCCESS
        }
        [name, directory] => match record(name, Path::new(directory), arguments.clone()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(reason) => {
                eprintln!("record {name}: {reason}");
                ExitCode::FAILURE
            }
        },
        _ => {
            eprintln!("usage: record NAME DIR | record --list");
            ExitCode::from(2)
        }
    }
}

fn record(name: &str, directory: &Path, arguments: Vec<String>) -> Result<(), String> {
    let scene = scenes::named(name).ok_or("there is no such scene; `record --list` names them")?;
    let settings = Settings {
        restart: Restart::Program(arguments),
        ..scene.settings()
    };
    let trace = Lab::try_run_with(settings, |net| (scene.script)(net))
        .map_err(|failure| failure.to_string())?;
    let path = directory.join(format!("{name}.pcapng"));
    fs::write(&path, trace::pcapng::write(&trace))
        .map_err(|error| format!("{}: {error}", path.display()))
}
