//! Keys that are public, and ciphertext.

use super::{
    super::encodings::{base64, hex},
    super::key_types::noise,
    Negative, at, keys,
};

pub fn all() -> Vec<Negative> {
    let mut keys = keys("sealed");
    let mut blob = |length: usize| base64(&noise(&mut keys, length));
    let lines = |text: String, width: usize| -> String {
        text.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line).into_owned() + "\n").collect()
    };
    let block =
        |words: &str, text: String| format!("-----BEGIN {words}-----\n{}-----END {words}-----\n", lines(text, 64));
    let mut all = vec![
        at(
            "SSH public keys",
            "authorized_keys",
            format!(
                "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ{} ann@aws\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{} bob\n",
                blob(258),
                blob(32)
            ),
        ),
        at("certificate", "aws-root.pem", block("CERTIFICATE", "MIID".to_owned() + &blob(900))),
        at("public key of CloudFront", "cloudfront-public.pem", block("PUBLIC KEY", "MIIB".to_owned() + &blob(291))),
        at("PGP signature", "release.asc", block("PGP SIGNATURE", "iQEz".to_owned() + &blob(300))),
        at("PGP message", "secrets.asc", block("PGP MESSAGE", "hQEM".to_owned() + &blob(800))),
        at(
            "JWT",
            "token.txt",
            format!("session_token = eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{}.{}\n", url(&blob(120)), url(&blob(32))),
        ),
        at(
            "SOPS",
            "secrets.enc.yaml",
            format!(
                "AWS_ACCESS_KEY_ID: ENC[AES256_GCM,data:{},iv:{},tag:{},type:str]\nAWS_SECRET_ACCESS_KEY: ENC[AES256_GCM,data:{},iv:{},tag:{},type:str]\n",
                blob(20),
                blob(32),
                blob(16),
                blob(40),
                blob(32),
                blob(16)
            ),
        ),
        at(
            "SOPS, a value of thirty bytes",
            "short.enc.yaml",
            format!(
                "aws_secret_access_key: ENC[AES256_GCM,data:{},iv:{},tag:{},type:str]\n",
                blob(30),
                blob(32),
                blob(16)
            ),
        ),
        at(
            "sealed secret",
            "sealed.yaml",
            format!(
                "kind: SealedSecret\nspec:\n  encryptedData:\n    AWS_ACCESS_KEY_ID: AgB{}\n    AWS_SECRET_ACCESS_KEY: AgA{}\n",
                blob(400),
                blob(400)
            ),
        ),
        at(
            "Travis secure",
            ".travis.yml",
            format!(
                "env:\n  global:\n  - secure: \"{}\"\ndeploy:\n  secret_access_key:\n    secure: {}\n",
                blob(128),
                blob(256)
            ),
        ),
        at("KMS ciphertext", "serverless.yml", format!("  AWS_SECRET_ACCESS_KEY: AQICAHh{}\n", blob(200))),
        at(
            "encrypted secret of Terraform",
            "outputs.json",
            format!("{{\"encrypted_secret\": \"wcBMA{}\"}}\n", blob(300)),
        ),
        at(
            "a Kubernetes secret of something else",
            "tls.yaml",
            format!("kind: Secret\ndata:\n  tls.key: {}\n  password: {}\n", blob(1_200), blob(30)),
        ),
    ];
    let vault = hex(&noise(&mut keys, 320));
    let vault: String = lines(vault, 80).lines().map(|line| format!("  {line}\n")).collect();
    let text = format!("aws_secret_access_key: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n{vault}");
    all.push(at("Ansible vault", "vault.yml", text));
    all
}

fn url(text: &str) -> String {
    text.replace('/', "_").replace('+', "-").replace('=', "")
}
