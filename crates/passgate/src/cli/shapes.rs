//! Tenants, users and keys as the command line shows them: promises to scripts, so they are shapes of its own.

use passgate_gate::ids::CompanyId;
use passgate_gate::operations::ListedSession;
use passgate_gate::session::ApiKey;
use passgate_gate::store::Receipt;
use passgate_gate::user::{Account, Tenant};
use serde_json::{Value, json};

pub(super) fn tenant(tenant: &Tenant) -> Value {
    json!({
        "tenant": tenant.id.get(),
        "company": tenant.company.as_ref().map(CompanyId::as_str),
        "name": tenant.name,
        "licensed": tenant.licensed,
        "suspended": tenant.suspended,
    })
}

pub(super) fn tenant_line(tenant: &Tenant) -> String {
    let company = tenant.company.as_ref().map_or("-", CompanyId::as_str);
    let licence = if tenant.licensed { "licensed" } else { "not licensed" };
    let state = if tenant.suspended { ", suspended" } else { "" };
    format!("{:<6} {company:<10} {} ({licence}{state})", tenant.id.get(), tenant.name)
}

pub(super) fn account(account: &Account) -> Value {
    let user = &account.user;
    json!({
        "user_id": user.id.get(),
        "tenant": user.tenant.get(),
        "company": account.tenant.company.as_ref().map(CompanyId::as_str),
        "mailbox": user.mailbox.get(),
        "login": user.login,
        "portal_user_id": user.portal_id.as_str(),
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "level": user.level.name(),
        "status": user.status.name(),
        "locked": user.locked.is_some(),
        "must_change": user.must_change.name(),
        "credential_version": user.credential_version,
        "created": user.created.to_string(),
        "last_login": user.last_login.map(|time| time.to_string()),
    })
}

pub(super) fn account_line(account: &Account) -> String {
    let user = &account.user;
    let locked = if user.locked.is_some() { ", locked" } else { "" };
    format!(
        "{:<6} {:<16} {:<10} {:<12} {}{locked}",
        user.id.get(),
        user.login,
        user.portal_id.as_str(),
        user.level.name(),
        user.status.name()
    )
}

pub(super) fn receipt(user: Option<i32>, receipt: &Receipt) -> Value {
    json!({
        "user_id": user,
        "credential_version": receipt.credential_version,
        "sessions_ended": receipt.sessions_ended,
        "audit_id": receipt.audit.to_string(),
    })
}

pub(super) fn key(key: &ApiKey) -> Value {
    json!({
        "key": key.id.get(),
        "user_id": key.user.get(),
        "begins_with": key.hint,
        "visibility": key.visibility.name(),
        "primary": key.primary,
        "created": key.created.to_string(),
        "expires": key.expires.map(|time| time.to_string()),
        "revoked": key.revoked.map(|time| time.to_string()),
        "last_used": key.last_used.map(|time| time.to_string()),
        "networks": key.networks.iter().collect::<Vec<_>>(),
    })
}

pub(super) fn key_line(key: &ApiKey) -> String {
    let state = match (key.revoked, key.expires) {
        (Some(time), _) => format!("revoked {time}"),
        (None, Some(time)) => format!("until {time}"),
        (None, None) => "without end".to_owned(),
    };
    let from = match key.networks.to_string() {
        networks if networks.is_empty() => String::new(),
        networks => format!(", from {networks} alone"),
    };
    let kind = if key.primary { "primary" } else { "additional" };
    format!("{:<6} {}... {kind}, {state}{from}", key.id.get(), key.hint)
}

pub(super) fn session(session: &ListedSession) -> Value {
    json!({
        "session": session.name,
        "kind": session.kind.name(),
        "begun": session.begun.to_string(),
        "last_used": session.last_used.to_string(),
        "ends": session.ends.to_string(),
        "ends_at_last": session.ends_at_last.to_string(),
        "source": session.source.map(|source| source.to_string()),
    })
}

pub(super) fn session_line(session: &ListedSession) -> String {
    format!(
        "{} {:<6} begun {:.0}, used {:.0}, ends {:.0}, at last {:.0}, from {}",
        session.name,
        session.kind.name(),
        session.begun,
        session.last_used,
        session.ends,
        session.ends_at_last,
        session.source.map_or_else(|| "?".to_owned(), |source| source.to_string()),
    )
}
