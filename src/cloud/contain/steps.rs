//! What to do about a leaked key, in order, as commands of AWS's own command line tool.
//!
//! Source: IAM User Guide, "Update access keys", "Revoke IAM role temporary security credentials" and "Disabling permissions for
//! temporary security credentials"; AWS's guidance on what to do about exposed account credentials.

use super::place::Spot;
use super::quote::quoted;
use crate::cloud::Partition;
use crate::model::{Lifetime, PrincipalKind, Secret};
use serde::Serialize;

/// What IAM's own console calls the policy by which it ends a role's sessions.
const REVOKE: &str = "AWSRevokeOlderSessions";

/// Names of events by which something is made or opened.
const MAKING: [&str; 8] = ["Create", "Put", "Attach", "Add", "Update", "Run", "Import", "Authorize"];

/// A leaked key, and what is known of it.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The command that leads here again: `keytrail contain 5626abf0`.
    pub contain: String,
    /// The one that says what replaces the key.
    pub replace: String,
    /// The id; `None` unless it may be shown.
    pub id: Option<Secret>,
    /// Where the id stands; `None` if no id was found.
    pub spot: Option<Spot>,
    /// The account that the id tells.
    pub account: Option<String>,
    /// Long-lived or temporary.
    pub lifetime: Option<Lifetime>,
    /// Whose it is, if that is known.
    pub principal: Option<PrincipalKind>,
    /// The user, if that is known.
    pub user: Option<String>,
    /// The day on which it was brought in, or another that is early enough: `2026-11-28`.
    pub since: String,
}

/// What commands are given besides.
#[derive(Debug, Clone)]
pub struct StepOptions {
    /// The partition that the key is of.
    pub partition: Partition,
    /// A profile of the person who runs them.
    pub profile: Option<String>,
    /// When it is, RFC 3339 in UTC: sessions of before are ended.
    pub now: String,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its name, which stays: `identify`, `deactivate`, `end-sessions`, `look`, `check`, `rotate`, `delete`, `undo`, `history`.
    pub name: &'static str,
    /// What is done, in a few words.
    pub title: &'static str,
    /// Why, and what to look for.
    pub text: String,
    /// Lines for a POSIX shell (`read -s` needs bash or zsh), in this order. Variables that are set are used by later steps.
    pub commands: Vec<String>,
}

/// What to do about `subject`, in order.
pub fn steps(subject: &Subject, options: &StepOptions) -> Vec<Step> {
    let writer = Writer { subject, options };
    match (subject.principal, subject.lifetime) {
        (Some(PrincipalKind::Root), _) => writer.of_root(),
        (_, Some(Lifetime::Temporary)) => writer.of_session(),
        _ => writer.of_user(),
    }
}

struct Writer<'w> {
    subject: &'w Subject,
    options: &'w StepOptions,
}

impl Writer<'_> {
    fn of_user(&self) -> Vec<Step> {
        vec![
            self.identify(),
            self.deactivate(),
            Step {
                name: "end-sessions",
                title: "End the sessions that were made with it",
                text: "GetSessionToken and GetFederationToken give credentials that outlive the key, up to 36 hours. This denies \
                       everything to sessions of the user that began before now, and nothing to its other keys. Sessions of \
                       roles that it assumed end only there: step \"look\" shows AssumeRole."
                    .to_owned(),
                commands: vec![self.aws(&format!(
                    "iam put-user-policy --user-name \"$KEY_USER\" --policy-name {REVOKE} --policy-document '{}'",
                    self.denial()
                ))],
            },
            self.look(),
            self.check(),
            Step {
                name: "rotate",
                title: "Give its users something else",
                text: format!(
                    "Better: no long-lived key at all. `{}` says which role serves at the place of the leak, with \
                     its policies. Where it must be a key: a user has room for two, and the new one goes into the store for \
                     secrets, never into the repository or an argument list.",
                    self.subject.replace
                ),
                commands: vec![
                    "NEW_KEY=$(umask 077 && mktemp)".to_owned(),
                    self.aws("iam create-access-key --user-name \"$KEY_USER\" --query AccessKey --output json > \"$NEW_KEY\""),
                    self.aws("secretsmanager create-secret --name \"$KEY_USER/access-key\" --secret-string \"file://$NEW_KEY\""),
                    "rm -f \"$NEW_KEY\"".to_owned(),
                ],
            },
            Step {
                name: "delete",
                title: "Delete it",
                text: "Once nothing has missed it for some days. A deleted key cannot be brought back.".to_owned(),
                commands: vec![
                    self.aws("iam get-access-key-last-used --access-key-id \"$KEY_ID\""),
                    self.aws("iam delete-access-key --user-name \"$KEY_USER\" --access-key-id \"$KEY_ID\""),
                ],
            },
            Step {
                name: "undo",
                title: "If something needs it until it is replaced",
                text: "Until it is deleted, it can be made active again, for whoever took it, too. The denial of older sessions is \
                       taken off in the same way."
                    .to_owned(),
                commands: vec![
                    self.update("Active"),
                    self.aws(&format!("iam delete-user-policy --user-name \"$KEY_USER\" --policy-name {REVOKE}")),
                ],
            },
            history(),
        ]
    }

    fn of_session(&self) -> Vec<Step> {
        let mut identify = self.identify();
        identify.text.push_str(
            " It is a session's key, which cannot be made inactive. In the event's userIdentity: of type AssumedRole, \
             sessionIssuer.userName is the role; of type IAMUser, userName is the user; of type FederatedUser, sessionIssuer \
             is the user; of type Root it is the root user's.",
        );
        identify.commands.retain(|command| !command.contains("last-used"));
        identify.commands.push(self.aws(&format!(
            "cloudtrail lookup-events --region {} --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=\"$KEY_ID\" \
             --max-results 1 --query 'Events[0].CloudTrailEvent' --output text",
            self.options.partition.home_region()
        )));
        let denial = self.denial();
        vec![
            identify,
            Step {
                name: "end-sessions",
                title: "End its session",
                text: "Denies everything to all sessions of the role (or of the user, whose own keys go on working) that began \
                       before now. What uses the role by right gets a new session by itself, or when it is started anew. Of a \
                       session of the root user: sign in as root and deactivate or delete its access keys, under \"Security \
                       credentials\"."
                    .to_owned(),
                commands: vec![
                    "read -r ROLE   # the role's name; or the user's: read -r KEY_USER".to_owned(),
                    self.aws(&format!(
                        "iam put-role-policy --role-name \"$ROLE\" --policy-name {REVOKE} --policy-document '{denial}'"
                    )),
                    format!(
                        "# {}",
                        self.aws(&format!(
                            "iam put-user-policy --user-name \"$KEY_USER\" --policy-name {REVOKE} --policy-document '{denial}'"
                        ))
                    ),
                ],
            },
            self.look(),
            self.check(),
            Step {
                name: "rotate",
                title: "Find out how it got there",
                text: format!(
                    "The session is over within hours; what wrote it down would write down the next one. `{}` says \
                     how the place of the leak gets credentials without a file.",
                    self.subject.replace
                ),
                commands: Vec::new(),
            },
            Step {
                name: "undo",
                title: "If something misses its session",
                text: "After twelve hours (36 for a user's) all older sessions are over by themselves, and the denial can go."
                    .to_owned(),
                commands: vec![
                    self.aws(&format!("iam delete-role-policy --role-name \"$ROLE\" --policy-name {REVOKE}")),
                    format!(
                        "# {}",
                        self.aws(&format!("iam delete-user-policy --user-name \"$KEY_USER\" --policy-name {REVOKE}"))
                    ),
                ],
            },
            history(),
        ]
    }

    fn of_root(&self) -> Vec<Step> {
        let account = self.subject.account.as_deref().unwrap_or("ACCOUNT");
        let mut identify = self.identify();
        identify.text.push_str(
            " It is the root user's: no policy bounds it, and no other user can list it or make it inactive.",
        );
        identify.commands.retain(|command| !command.contains("last-used"));
        vec![
            identify,
            Step {
                name: "deactivate",
                title: "Make it inactive, as root",
                text: "Sign in to the console as the root user; open the account's menu, \"Security credentials\", \"Access keys\"; \
                       choose the key by its id, \"Actions\", \"Deactivate\". In an organisation with central root access, the \
                       management account can delete the root user's keys instead, which cannot be undone: the command below gives \
                       a session for that."
                    .to_owned(),
                commands: vec![format!(
                    "# {}",
                    self.aws(&format!(
                        "sts assume-root --target-principal {account} --task-policy-arn \
                         arn=arn:{}:iam::aws:policy/root-task/IAMDeleteRootUserCredentials",
                        self.options.partition
                    ))
                )],
            },
            self.look(),
            self.check(),
            Step {
                name: "rotate",
                title: "Make no new one",
                text: format!(
                    "Nothing needs access keys of a root user. `{}` says what serves at the place of the leak. \
                     Change the root user's password, and look at its MFA devices and e-mail address.",
                    self.subject.replace
                ),
                commands: Vec::new(),
            },
            Step {
                name: "delete",
                title: "Delete it, as root",
                text: "At the same place of the console, once nothing has missed it.".to_owned(),
                commands: Vec::new(),
            },
            Step {
                name: "undo",
                title: "If something needs it until it is replaced",
                text: "At the same place: \"Actions\", \"Activate\", until it is deleted.".to_owned(),
                commands: Vec::new(),
            },
            history(),
        ]
    }

    fn identify(&self) -> Step {
        let account = match &self.subject.account {
            Some(account) => {
                format!("The id tells its account, {account}: the commands need credentials for that one.")
            }
            None => "The id is of the old kind, which does not tell its account: the first command does.".to_owned(),
        };
        let mut text = account;
        let mut commands = Vec::new();
        match (&self.subject.id, &self.subject.spot) {
            (Some(id), _) => {
                commands.push(format!("KEY_ID={}", quoted(&String::from_utf8_lossy(id.expose()))));
            }
            (None, Some(spot)) => {
                let taking = spot.taking();
                if let Some(by_hand) = taking.by_hand {
                    text.push_str(&format!(" First, {by_hand}."));
                }
                commands.push(taking.command);
            }
            (None, None) => {
                text.clear();
                text.push_str(
                    "No access key id was found beside the value, and a secret does not tell its id. Whoever wrote it there \
                     knows the id, or whoever keeps the account's keys: paste it, which is not shown, and press Enter.",
                );
                commands.push("read -rs KEY_ID".to_owned());
            }
        }
        if self.subject.id.is_none() {
            text.push_str(
                " The second command shows how many characters were taken and the first four: 20, beginning with ",
            );
            text.push_str(if self.subject.lifetime == Some(Lifetime::Temporary) { "ASIA." } else { "AKIA." });
            commands.push("echo \"${#KEY_ID} $(printf %.4s \"$KEY_ID\")\"".to_owned());
        }
        commands.push(self.aws("sts get-access-key-info --access-key-id \"$KEY_ID\""));
        commands.push(self.aws("iam get-access-key-last-used --access-key-id \"$KEY_ID\""));
        commands.push(match &self.subject.user {
            Some(user) => format!("KEY_USER={}   # last-used names the user, too", quoted(user)),
            None => format!(
                "KEY_USER=$({})",
                self.aws("iam get-access-key-last-used --access-key-id \"$KEY_ID\" --query UserName --output text")
            ),
        });
        Step { name: "identify", title: "Find out whose it is", text, commands }
    }

    fn deactivate(&self) -> Step {
        Step {
            name: "deactivate",
            title: "Make it inactive",
            text: format!(
                "It opens nothing from then on, within seconds, and can be made active again. `{} --apply` does \
                 the same after a confirmation. No user name, or AccessDenied, in the step before: it may be the root user's, \
                 which only the root user can make inactive, in the console.",
                self.subject.contain
            ),
            commands: vec![self.update("Inactive"), self.aws("iam list-access-keys --user-name \"$KEY_USER\"")],
        }
    }

    fn update(&self, status: &str) -> String {
        self.aws(&format!(
            "iam update-access-key --user-name \"$KEY_USER\" --access-key-id \"$KEY_ID\" --status {status}"
        ))
    }

    fn look(&self) -> Step {
        Step {
            name: "look",
            title: "See what was done with it",
            text: "CloudTrail has 90 days, region by region. Look for addresses and programs that are not yours, for \
                   GetCallerIdentity from elsewhere (somebody tried it), AssumeRole (other credentials, to be ended as well), and \
                   AccessDenied (somebody was feeling the way). What reads data (objects of S3, invocations of functions) is in \
                   there only if a trail writes data events; older events are in the trail's own bucket."
                .to_owned(),
            commands: self.in_each_region(
                "cloudtrail lookup-events --region \"$REGION\" --lookup-attributes \
                 AttributeKey=AccessKeyId,AttributeValue=\"$KEY_ID\" --query \
                 'Events[].[EventTime,EventSource,EventName,Username,EventId]' --output text | sed \"s/^/$REGION /\"",
            ),
        }
    }

    fn check(&self) -> Step {
        let making: Vec<String> = MAKING.iter().map(|name| format!("starts_with(EventName,`{name}`)")).collect();
        let since = &self.subject.since;
        let mut commands = self.in_each_region(&format!(
            "cloudtrail lookup-events --region \"$REGION\" --lookup-attributes \
             AttributeKey=AccessKeyId,AttributeValue=\"$KEY_ID\" --query 'Events[?{}].[EventTime,EventName,CloudTrailEvent]' \
             --output text",
            making.join(" || ")
        ));
        for (list, shown) in [
            ("list-users", "Users[?CreateDate>=`SINCE`].[UserName,CreateDate]"),
            ("list-roles", "Roles[?CreateDate>=`SINCE`].[RoleName,CreateDate]"),
        ] {
            let query = shown.replace("SINCE", since);
            commands.push(self.aws(&format!("iam {list} --query '{query}' --output text")));
        }
        commands.push(format!(
            "for NAME in $({}); do {}; done",
            self.aws("iam list-users --query 'Users[].UserName' --output text"),
            self.aws(&format!(
                "iam list-access-keys --user-name \"$NAME\" --query \
                 'AccessKeyMetadata[?CreateDate>=`{since}`].[UserName,AccessKeyId,CreateDate]' --output text"
            ))
        ));
        commands.extend(self.in_each_region(&format!(
            "ec2 describe-instances --region \"$REGION\" --query \
             'Reservations[].Instances[?LaunchTime>=`{since}`][].[InstanceId,InstanceType,LaunchTime]' --output text"
        )));
        commands.extend(self.in_each_region(&format!(
            "lambda list-functions --region \"$REGION\" --query \
             'Functions[?LastModified>=`{since}`].[FunctionName,LastModified]' --output text"
        )));
        Step {
            name: "check",
            title: "Look for what was made with it",
            text: format!(
                "Users, keys, roles, machines and functions outlive the key. The first command shows what it made or opened, as far \
                 as CloudTrail tells; the others show all that is newer than {since}, when it may have been leaked. What you do \
                 not know, do not delete before its owner is asked: make keys inactive, and stop machines."
            ),
            commands,
        }
    }

    fn in_each_region(&self, command: &str) -> Vec<String> {
        let regions = self.aws(&format!(
            "ec2 describe-regions --region {} --query 'Regions[].RegionName' --output text",
            self.options.partition.home_region()
        ));
        vec![format!("for REGION in $({regions}); do {}; done", self.aws(command))]
    }

    /// Denies what began before now.
    fn denial(&self) -> String {
        let condition = serde_json::json!({ "DateLessThan": { "aws:TokenIssueTime": self.options.now } });
        let statement = [("Effect", "Deny"), ("Action", "*"), ("Resource", "*")]
            .map(|(name, value)| format!("\"{name}\":\"{value}\""))
            .join(",");
        format!("{{\"Version\":\"2012-10-17\",\"Statement\":[{{{statement},\"Condition\":{condition}}}]}}")
    }

    /// A command of AWS's tool.
    fn aws(&self, command: &str) -> String {
        match &self.options.profile {
            Some(profile) => format!("aws --profile {} {command}", quoted(profile)),
            None => format!("aws {command}"),
        }
    }
}

fn history() -> Step {
    Step {
        name: "history",
        title: "The repository comes last, and is optional",
        text: "Rewriting its history is no substitute for any of this: clones, forks, caches and whoever saw it keep the value. A \
               key that is deleted may stay in the history."
            .to_owned(),
        commands: Vec::new(),
    }
}
