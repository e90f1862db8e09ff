//! What replaces a key, as Terraform.

use super::advise::Remedy;
use super::place::Kind;
use super::policy::{Policy, Statement};
use super::role::label;
use std::fmt::Write as _;

/// The resources of a remedy. `taken` are labels that are used already in the same file: each remedy has its own.
pub fn terraform(remedy: &Remedy, taken: &mut Vec<String>) -> String {
    let mut name = label(&remedy.setting.role_name);
    let mut number = 1;
    while taken.contains(&name) {
        number += 1;
        name = format!("{}_{number}", label(&remedy.setting.role_name));
    }
    taken.push(name.clone());
    let mut out = String::new();
    let mut say = |text: &str| out.push_str(text);
    say(&format!("# {}, {}:{}\n", remedy.title, remedy.leak.path, remedy.leak.line));
    say(&format!("# Replaced by {}.\n", remedy.role.name));
    for blank in &remedy.placeholders {
        let at = blank.at.as_ref().map(|at| format!(" ({}:{})", at.path, at.line)).unwrap_or_default();
        say(&format!("# Fill in {}: {}{at}.\n", blank.name, blank.means));
    }
    say("\n");
    if let Some(trust) = &remedy.trust_policy {
        say(&provider(remedy, &name));
        say(&document(trust, &format!("{name}_trust")));
        say(&format!(
            "resource \"aws_iam_role\" \"{name}\" {{\n  name               = {}\n  assume_role_policy = data.aws_iam_policy_document.{name}_trust.json\n}}\n",
            text(&remedy.setting.role_name)
        ));
        if let Some(policy) = &remedy.permission_policy {
            say("\n");
            say(&document(policy, &name));
            say(&format!(
                "resource \"aws_iam_role_policy\" \"{name}\" {{\n  name   = {}\n  role   = aws_iam_role.{name}.id\n  policy = data.aws_iam_policy_document.{name}.json\n}}\n",
                text(&remedy.setting.role_name)
            ));
        }
        say(&attachment(remedy.kind, &name, &remedy.setting.role_name));
    } else {
        if let Some(policy) = &remedy.permission_policy {
            say(&document(policy, &name));
        }
        say(&permission_set(remedy, &name));
    }
    out
}

/// The issuer of a pipeline's tokens, which IAM has to know once an account.
fn provider(remedy: &Remedy, name: &str) -> String {
    let issuer = remedy.trust_policy.as_ref().and_then(|trust| {
        let principal = trust.statements.first()?.principal.as_ref()?.get("Federated")?;
        principal.split_once(":oidc-provider/").map(|(_, issuer)| issuer.to_owned())
    });
    let Some(issuer) = issuer else { return String::new() };
    let audience = remedy
        .trust_policy
        .iter()
        .flat_map(|trust| &trust.statements)
        .find_map(|statement| statement.condition.get("StringEquals")?.get(&format!("{issuer}:aud"))?.first());
    let audience = audience.map_or("sts.amazonaws.com", String::as_str);
    format!(
        "# Once an account: import it where it is there already.\nresource \"aws_iam_openid_connect_provider\" \"{name}\" {{\n  url            = {}\n  client_id_list = [{}]\n}}\n\n",
        text(&format!("https://{issuer}")),
        text(audience)
    )
}

fn attachment(kind: Kind, name: &str, role: &str) -> String {
    match kind {
        Kind::Ec2 => format!(
            "\nresource \"aws_iam_instance_profile\" \"{name}\" {{\n  name = {}\n  role = aws_iam_role.{name}.name\n}}\n",
            text(role)
        ),
        Kind::Kubernetes => format!(
            "\nresource \"aws_eks_pod_identity_association\" \"{name}\" {{\n  cluster_name    = \"CLUSTER_NAME\"\n  namespace       = \"NAMESPACE\"\n  service_account = \"SERVICE_ACCOUNT\"\n  role_arn        = aws_iam_role.{name}.arn\n}}\n"
        ),
        Kind::Lambda => format!(
            "\nresource \"aws_iam_role_policy_attachment\" \"{name}_log\" {{\n  role       = aws_iam_role.{name}.name\n  policy_arn = \"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole\"\n}}\n"
        ),
        Kind::Server => format!(
            "\nresource \"aws_rolesanywhere_profile\" \"{name}\" {{\n  name      = {}\n  role_arns = [aws_iam_role.{name}.arn]\n}}\n",
            text(role)
        ),
        _ => String::new(),
    }
}

fn permission_set(remedy: &Remedy, name: &str) -> String {
    let set = &remedy.setting.role_name;
    let mut out = String::new();
    if remedy.permission_policy.is_some() {
        out.push('\n');
    }
    out.push_str("data \"aws_ssoadmin_instances\" \"this\" {}\n\n");
    let _ = write!(
        out,
        "resource \"aws_ssoadmin_permission_set\" \"{name}\" {{\n  name             = {}\n  instance_arn     = tolist(data.aws_ssoadmin_instances.this.arns)[0]\n  session_duration = \"PT8H\"\n}}\n",
        text(set)
    );
    if remedy.permission_policy.is_some() {
        let _ = write!(
            out,
            "\nresource \"aws_ssoadmin_permission_set_inline_policy\" \"{name}\" {{\n  instance_arn       = aws_ssoadmin_permission_set.{name}.instance_arn\n  permission_set_arn = aws_ssoadmin_permission_set.{name}.arn\n  inline_policy      = data.aws_iam_policy_document.{name}.json\n}}\n"
        );
    }
    out
}

/// A policy as a data source, as `terraform fmt` writes it.
fn document(policy: &Policy, name: &str) -> String {
    let mut out = format!("data \"aws_iam_policy_document\" \"{name}\" {{\n");
    for (number, statement) in policy.statements.iter().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        statement_block(&mut out, statement);
    }
    out.push_str("}\n\n");
    out
}

fn statement_block(out: &mut String, statement: &Statement) {
    // Terraform aligns the signs of lines that follow each other: lists of several lines stand alone.
    let mut lines: Vec<(&str, Vec<String>)> = vec![("sid", vec![text(&statement.sid)])];
    let list = |items: &[String]| items.iter().map(|item| text(item)).collect::<Vec<_>>();
    lines.push(("actions", list(&statement.actions)));
    if !statement.resources.is_empty() {
        lines.push(("resources", list(&statement.resources)));
    }
    out.push_str("  statement {\n");
    attributes(out, "    ", &lines);
    for (kind, who) in statement.principal.iter().flatten() {
        out.push_str("\n    principals {\n");
        attributes(out, "      ", &[("type", vec![text(kind)]), ("identifiers", vec![text(who)])]);
        out.push_str("    }\n");
    }
    for (operator, keys) in &statement.condition {
        for (key, values) in keys {
            out.push_str("\n    condition {\n");
            let lines = [("test", vec![text(operator)]), ("variable", vec![text(key)]), ("values", list(values))];
            attributes(out, "      ", &lines);
            out.push_str("    }\n");
        }
    }
    out.push_str("  }\n");
}

/// Attributes that are lists.
const LISTS: [&str; 4] = ["actions", "resources", "identifiers", "values"];

fn attributes(out: &mut String, indent: &str, lines: &[(&str, Vec<String>)]) {
    let long = |(name, items): &(&str, Vec<String>)| LISTS.contains(name) && items.len() > 1;
    let mut at = 0;
    while at < lines.len() {
        let (name, items) = &lines[at];
        if long(&lines[at]) {
            let _ = writeln!(out, "{indent}{name} = [");
            for item in items {
                let _ = writeln!(out, "{indent}  {item},");
            }
            let _ = writeln!(out, "{indent}]");
            at += 1;
            continue;
        }
        let end = (at..lines.len()).find(|&at| long(&lines[at])).unwrap_or(lines.len());
        let width = lines[at..end].iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, items) in &lines[at..end] {
            let value = if LISTS.contains(name) { format!("[{}]", items.concat()) } else { items.concat() };
            let _ = writeln!(out, "{indent}{name:<width$} = {value}");
        }
        at = end;
    }
}

/// A text of HCL. IAM's variables are no templates of Terraform's: its documentation writes them `&{…}`.
fn text(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 2);
    written.push('"');
    for c in text.replace("${", "&{").chars() {
        match c {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            c => written.push(c),
        }
    }
    written.push('"');
    // `%{` begins a directive.
    written.replace("%{", "%%{")
}
