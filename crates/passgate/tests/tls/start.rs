//! What a start, and `config check`, refuse of a certificate and its key.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use crate::house::Certificates;
use crate::support::{run, text, told};

/// What `config check` says of these files, after this was done to them.
fn checked(spoil: impl FnOnce(&Certificates)) -> String {
    let certificates = Certificates::new();
    spoil(&certificates);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passgate.toml");
    let settings = format!(
        "[server]\nlisten = \"0.0.0.0:8443\"\n[server.tls]\ncertificate = \"{}\"\nkey = \"{}\"\n",
        certificates.certificate().display(),
        certificates.key().display()
    );
    fs::write(&file, settings).unwrap();
    told(&run(&["config", "check", "--config", text(&file)], ""))
}

#[track_caller]
fn refused(says: &str, spoil: impl FnOnce(&Certificates)) {
    let said = checked(spoil);
    assert!(said.contains("[server.tls]") && said.contains(says) && said.ends_with("exit 3\n"), "{said}");
}

fn mode(certificates: &Certificates, mode: u32) {
    fs::set_permissions(certificates.key(), Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_good_pair_lets_it_listen_beyond_loopback() {
    // R87.
    for private in [0o600, 0o640, 0o400, 0o440] {
        let said = checked(|certificates| mode(certificates, private));
        assert!(said.ends_with("good\nexit 0\n"), "{private:o}: {said}");
    }
    let said = checked(|certificates| certificates.issue_rsa("first"));
    assert!(said.ends_with("good\nexit 0\n"), "{said}");
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    // R87; like the server's own keys.
    for open in [0o644, 0o604, 0o660, 0o666, 0o620] {
        refused("0640", |certificates| mode(certificates, open));
    }
}

#[test]
fn files_that_hold_something_else_are_refused_by_name() {
    refused("certificate.pem: cannot be read", |it| fs::remove_file(it.certificate()).unwrap());
    refused("key.pem: cannot be read", |it| fs::remove_file(it.key()).unwrap());
    refused("certificate.pem: no certificate in PEM", |it| fs::write(it.certificate(), "").unwrap());
    refused("certificate.pem: no certificate in PEM", |it| {
        fs::write(it.certificate(), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    });
    refused("key.pem: no private key in PEM", |it| fs::write(it.key(), fs::read(it.certificate()).unwrap()).unwrap());
    refused("key.pem: no private key in PEM", |it| {
        fs::write(it.key(), "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")
            .unwrap();
    });
    refused("does not belong to the certificate", |it| {
        fs::copy(Certificates::new().key(), it.key()).unwrap();
    });
}

#[test]
fn a_certificate_without_a_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passgate.toml");
    for one in ["certificate", "key"] {
        fs::write(&file, format!("[server.tls]\n{one} = \"one.pem\"\n")).unwrap();
        let said = told(&run(&["config", "check", "--config", text(&file)], ""));
        assert!(said.contains("server.tls.key") && said.ends_with("exit 3\n"), "{said}");
    }
}
