//! `keytrail hook install`, `uninstall` and `doctor`.

use crate::{
    cli::{
        error::CliError,
        exit,
        output::Output,
        terminal::{Terminal, clean},
    },
    hook::{
        doctor::{self, State},
        install::{
            Change, HookKind, InstallError, Layout, Place, Plan, Script, Step, find_program, program_warnings,
            repositories_below,
        },
    },
};
use clap::{ArgGroup, Args, ValueEnum, ValueHint};
use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Where the program is in an environment for GitHub Enterprise Server, unless `--program` says otherwise.
const GHES_PROGRAM: &str = "/usr/local/bin/keytrail";

/// GitHub Enterprise Server gives all hooks of a push 5 seconds together. Source: its page on pre-receive hooks.
const GHES_DEADLINE: &str = "4";

const LAYOUTS: &str = "\
Layouts (--layout):
  plain     hooks/pre-receive; one that is there already is kept and runs after ours
  gitea     hooks/pre-receive.d/keytrail, for Gitea and Forgejo
  gitlab    custom_hooks/pre-receive.d/keytrail; or the folder for all repositories, custom_hooks_dir
  gitolite  hooks/common/pre-receive of gitolite's home, for all its repositories
  folder    the named folder holds the hooks themselves: the one that core.hooksPath names
Without it a repository's own is told by what is there.";

/// What may be said to `install`.
#[derive(Debug, Args)]
#[command(after_help = LAYOUTS, group = ArgGroup::new("what").required(true).multiple(true)
    .args(["pre_receive", "all", "pre_commit", "pre_push", "print"]))]
pub(in crate::cli) struct InstallArgs {
    #[command(flatten)]
    places: Places,
    /// Let the hook use this configuration file
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    config: Option<PathBuf>,
    /// Let the hook call the program at PATH [default: this one]
    ///
    /// The hook finds the program by its absolute path. A link stays a link: name the one that an upgrade keeps.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::ExecutablePath)]
    program: Option<PathBuf>,
    /// Tell what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the script for a host that takes it from a repository
    #[arg(long, value_enum, value_name = "HOST",
        conflicts_with_all = ["pre_receive", "all", "pre_commit", "pre_push", "layout", "config", "dry_run"])]
    print: Option<HostArg>,
}

/// What may be said to `uninstall`.
#[derive(Debug, Args)]
#[command(after_help = LAYOUTS, group = ArgGroup::new("what").required(true).multiple(true)
    .args(["pre_receive", "all", "pre_commit", "pre_push"]))]
pub(in crate::cli) struct UninstallArgs {
    #[command(flatten)]
    places: Places,
    /// Tell what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

/// What may be said to `doctor`.
#[derive(Debug, Args)]
#[command(after_help = "\
Run it as the user that git runs as on the server: what you may read, write and run is what is looked at.

Exit codes:
  0  no problems; warnings may be shown
  1  a problem
  2  a repository could not be looked at")]
pub(in crate::cli) struct DoctorArgs {
    /// Repositories of a server, or folders as `--layout` names them
    #[arg(required = true, value_name = "REPO", value_hint = ValueHint::DirPath)]
    repositories: Vec<PathBuf>,
    /// How the host arranges hooks [default: told by what is there]
    #[arg(long, value_enum, value_name = "LAYOUT")]
    layout: Option<LayoutArg>,
}

#[derive(Debug, Args)]
#[group(skip)]
struct Places {
    /// In these repositories of a server, so that pushes to them are judged
    #[arg(long, value_name = "REPO", num_args = 1.., value_hint = ValueHint::DirPath)]
    pre_receive: Vec<PathBuf>,
    /// In every bare repository below DIR
    ///
    /// Links are not followed, and repositories with a work tree are passed over.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    all: Option<PathBuf>,
    /// In a repository on your own machine, so that commits are judged [default: the one here]
    #[arg(long, value_name = "REPO", num_args = 0..=1, default_missing_value = ".", value_hint = ValueHint::DirPath)]
    pre_commit: Option<PathBuf>,
    /// In a repository on your own machine, so that pushes from it are judged [default: the one here]
    #[arg(long, value_name = "REPO", num_args = 0..=1, default_missing_value = ".", value_hint = ValueHint::DirPath)]
    pre_push: Option<PathBuf>,
    /// How the host arranges hooks
    #[arg(long, value_enum, value_name = "LAYOUT")]
    layout: Option<LayoutArg>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LayoutArg {
    Plain,
    Gitea,
    Gitlab,
    Gitolite,
    Folder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum HostArg {
    /// GitHub Enterprise Server
    Ghes,
}

impl From<LayoutArg> for Layout {
    fn from(layout: LayoutArg) -> Self {
        match layout {
            LayoutArg::Plain => Self::Plain,
            LayoutArg::Gitea => Self::Gitea,
            LayoutArg::Gitlab => Self::Gitlab,
            LayoutArg::Gitolite => Self::Gitolite,
            LayoutArg::Folder => Self::Folder,
        }
    }
}

impl From<InstallError> for CliError {
    fn from(error: InstallError) -> Self {
        let message = Self::new(error.to_string());
        match error.hint() {
            Some(hint) => message.with_hint(hint),
            None => message,
        }
    }
}

/// What is told of a run over several places: one that fails does not end it.
struct Run<'a> {
    terminal: &'a Terminal,
    dry: bool,
    failed: bool,
}

impl Run<'_> {
    fn error(&mut self, error: impl Into<CliError>) {
        self.terminal.error(&error.into());
        self.failed = true;
    }

    /// Does what `plan` says, or, in a dry run, only says it.
    fn carry_out(&mut self, plan: Result<Plan, InstallError>) -> Result<(), CliError> {
        let done = plan.and_then(|plan| if self.dry { Ok(plan) } else { plan.apply().map(|()| plan) });
        match done {
            Ok(plan) => self.tell(plan),
            Err(error) => {
                self.error(error);
                Ok(())
            }
        }
    }

    fn tell(&self, plan: Plan) -> Result<(), CliError> {
        let (done, to_do) = match plan.change {
            Change::Install => ("installed", "would install"),
            Change::Update => ("updated", "would update"),
            Change::Uninstall => ("removed", "would remove"),
            Change::Nothing => ("unchanged", "unchanged"),
            Change::Absent => ("not there", "not there"),
        };
        let first = format!("{}: {}", if self.dry { to_do } else { done }, plan.place.hook.display());
        let steps = plan.steps.iter().filter(|_| self.dry).flat_map(Step::lines);
        let more = steps.chain(plan.notes).map(|line| format!("  {line}"));
        say(std::iter::once(first).chain(more))
    }

    fn code(&self) -> ExitCode {
        ExitCode::from(if self.failed { exit::ERROR } else { 0 })
    }
}

/// Writes lines on standard output. Others have named what is in them: each stays one line.
fn say(lines: impl IntoIterator<Item = String>) -> Result<(), CliError> {
    let text: String = lines.into_iter().map(|line| clean(&line) + "\n").collect();
    Output::Stdout.write(|out| out.write_all(text.as_bytes()))
}

impl Places {
    /// Every place that was named. What is none is told.
    fn all(&self, run: &mut Run<'_>) -> Result<Vec<Place>, CliError> {
        let layout = self.layout.map(Layout::from);
        let mut places: Vec<_> = self.pre_receive.iter().map(|path| Place::on_server(path, layout)).collect();
        if let Some(folder) = &self.all {
            let found = repositories_below(folder);
            say(found.skipped.iter().map(|(path, reason)| format!("skipped: {}: {reason}", path.display())))?;
            for (path, error) in &found.unread {
                run.error(CliError::new(format!("cannot look into {}: {error}", path.display())));
            }
            if found.bare.is_empty() {
                run.error(CliError::new(format!("there is no bare repository below {}", folder.display())));
            }
            places.extend(found.bare.iter().map(|path| Place::on_server(path, layout)));
        }
        let client = [(&self.pre_commit, HookKind::PreCommit), (&self.pre_push, HookKind::PrePush)];
        let client = client.into_iter().filter_map(|(path, kind)| Some((path.as_ref()?, kind)));
        places.extend(client.map(|(path, kind)| Place::on_client(path, kind, layout)));
        Ok(places.into_iter().filter_map(|place| place.map_err(|error| run.error(error)).ok()).collect())
    }
}

pub(super) fn install(args: &InstallArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    if args.print.is_some() {
        let program = args.program.clone().unwrap_or_else(|| GHES_PROGRAM.into());
        let options = ["--deadline", GHES_DEADLINE].map(OsString::from).to_vec();
        let script = Script { kind: HookKind::PreReceive, program, options, chained: false };
        Output::Stdout.write(|out| out.write_all(&script.text()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let program = find_program(&match &args.program {
        Some(path) => path.clone(),
        None => std::env::current_exe().and_then(fs::canonicalize).map_err(|error| {
            CliError::new(format!("cannot tell where this program is: {error}")).with_hint("name it with --program")
        })?,
    })?;
    let options = match &args.config {
        Some(path) => vec!["--config".into(), absolute_config(path)?.into_os_string()],
        None => Vec::new(),
    };
    let mut run = Run { terminal, dry: args.dry_run, failed: false };
    let mut warnings = BTreeSet::new();
    for place in args.places.all(&mut run)? {
        let folder = place.hook.parent().unwrap_or(&place.hook);
        warnings.extend(program_warnings(&program, folder).into_iter().filter(|_| place.kind == HookKind::PreReceive));
        run.carry_out(Plan::install(place, &program, &options))?;
    }
    for warning in warnings {
        terminal.warning(&warning);
    }
    Ok(run.code())
}

/// The configuration file as the hook is to name it. With one that cannot be read it would refuse every push.
fn absolute_config(path: &Path) -> Result<PathBuf, CliError> {
    let unread = |error| CliError::new(format!("cannot read {}: {error}", path.display()));
    fs::File::open(path).map_err(unread)?;
    std::path::absolute(path).map_err(unread)
}

pub(super) fn uninstall(args: &UninstallArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let mut run = Run { terminal, dry: args.dry_run, failed: false };
    for place in args.places.all(&mut run)? {
        run.carry_out(Plan::uninstall(place))?;
    }
    Ok(run.code())
}

pub(super) fn doctor(args: &DoctorArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let mut run = Run { terminal, dry: true, failed: false };
    let mut problems = 0;
    for path in &args.repositories {
        let place = match Place::on_server(path, args.layout.map(Layout::from)) {
            Ok(place) => place,
            Err(error) => {
                run.error(error);
                continue;
            }
        };
        let checks = doctor::examine(&place);
        problems += checks.iter().filter(|check| check.state == State::Problem).count();
        let lines = checks.iter().map(|check| format!("  {check}"));
        say(std::iter::once(place.subject().display().to_string()).chain(lines))?;
    }
    let ending = exit::Ending { incomplete: run.failed, findings: problems, findings_code: 1 };
    Ok(ending.code())
}
