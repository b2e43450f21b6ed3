//! The credentials of a `dev` server as a file for programs. Contract: issue item 1 (the names of the members).

use std::net::SocketAddr;
use std::path::Path;

use serde::Serialize;
use zeroize::Zeroizing;

use super::sample_data::Samples;
use crate::cli::Failure;
use crate::private_file;

/// One sample user.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the members' names are the file's")]
pub(super) struct User<'s> {
    level: &'static str,
    company: &'s str,
    mailbox: i32,
    user_id: i32,
    portal_user_id: &'s str,
    login: &'s str,
    password: &'s str,
}

/// What a program needs to call all three APIs.
#[derive(Serialize)]
pub(super) struct Credentials<'s> {
    pub(super) base_url: String,
    pub(super) api_key: &'s str,
    pub(super) admin_login: &'s str,
    pub(super) admin_password: &'s str,
    pub(super) wsse_username: String,
    pub(super) wsse_password: &'s str,
    pub(super) company_id: &'s str,
    pub(super) portal_user_id: &'s str,
    pub(super) portal_user_login: &'s str,
    pub(super) target_user_id: i32,
    pub(super) target_login: &'s str,
    pub(super) target_password: &'s str,
    pub(super) ecgridos_wsdl: String,
    pub(super) omnitracs_wsdl: String,
    pub(super) users: Vec<User<'s>>,
}

impl<'s> Credentials<'s> {
    pub(super) fn of(scheme: &str, address: SocketAddr, samples: &'s Samples) -> Self {
        let base_url = format!("{scheme}://{address}");
        let (admin, target, portal) = (samples.admin(), samples.by_number(1042), samples.by_number(5002));
        let text = |of: Option<&'s super::sample_data::Sample>, get: fn(&'s super::sample_data::Sample) -> &'s str| {
            of.map_or("", get)
        };
        let company_id = text(admin, |user| user.company);
        Self {
            api_key: &samples.api_key,
            admin_login: text(admin, |user| &user.login),
            admin_password: text(admin, |user| &user.password),
            wsse_username: format!("{}@{company_id}", text(admin, |user| &user.portal_id)),
            wsse_password: text(admin, |user| &user.password),
            company_id,
            portal_user_id: text(portal, |user| &user.portal_id),
            portal_user_login: text(portal, |user| &user.login),
            target_user_id: target.map_or(0, |user| user.user),
            target_login: text(target, |user| &user.login),
            target_password: text(target, |user| &user.password),
            ecgridos_wsdl: format!("{base_url}/v4.1/prod/ECGridOS.asmx?WSDL"),
            omnitracs_wsdl: format!("{base_url}{}?wsdl", passgate_door_omnitracs::PATH),
            users: samples
                .users
                .iter()
                .map(|user| User {
                    level: user.level.name(),
                    company: user.company,
                    mailbox: user.mailbox,
                    user_id: user.user,
                    portal_user_id: &user.portal_id,
                    login: &user.login,
                    password: &user.password,
                })
                .collect(),
            base_url,
        }
    }

    /// Whole or not at all, mode 0600.
    pub(super) fn write(&self, file: &Path) -> Result<(), Failure> {
        let mut text = Zeroizing::new(serde_json::to_vec_pretty(self).map_err(std::io::Error::from)?);
        text.push(b'\n');
        private_file::write(file, &text)
            .map_err(|error| Failure::new(crate::cli::exit::FAILED, format!("{}: {error}", file.display())))
    }
}
