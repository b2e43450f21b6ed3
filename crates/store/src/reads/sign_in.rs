//! Finding the account that a name signs in to.

use async_trait::async_trait;
use passgate_gate::store::{NameMatch, NameQuery, StoreError};

use crate::rows::{account_and_hash, account_columns, account_tables, in_use};
use crate::sql::{Act, Sql, Value, values};

/// The accounts in use that one condition finds; two tell as much as all.
macro_rules! in_use_where {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            account_columns!(),
            ", u.password_hash FROM ",
            account_tables!(),
            " WHERE ",
            $condition,
            " AND ",
            in_use!(),
            " LIMIT 2"
        )
    };
}

const LOGIN_IN: &str = in_use_where!("t.company_id = ?1 AND u.login_key = ?2");
const PORTAL_ID_IN: &str = in_use_where!("t.company_id = ?1 AND u.portal_id = ?2");
const LOGIN: &str = in_use_where!("u.login_key = ?1");
const PORTAL_ID: &str = in_use_where!("u.portal_id = ?1");
const EMAIL: &str = in_use_where!("u.email_key = ?1 AND u.email_key <> ''");

/// `Store::sign_in_match`. Contract: authorisation 3.1.
pub(crate) struct SignInMatch<'a>(pub(crate) &'a NameQuery);

#[async_trait]
impl Act for SignInMatch<'_> {
    const WORD: &'static str = "sign_in_match";
    type Answer = NameMatch;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        match self.0 {
            NameQuery::LoginIn(company, login) => only(sql, LOGIN_IN, values![company, login]).await,
            NameQuery::PortalIdIn(company, id) => only(sql, PORTAL_ID_IN, values![company, id]).await,
            NameQuery::Login(name) => match only(sql, LOGIN, values![name]).await? {
                NameMatch::None => only(sql, EMAIL, values![name]).await,
                found => Ok(found),
            },
            NameQuery::PortalId(None, name) => only(sql, EMAIL, values![name]).await,
            NameQuery::PortalId(Some(id), name) => match only(sql, PORTAL_ID, values![id]).await? {
                NameMatch::None => only(sql, EMAIL, values![name]).await,
                found => Ok(found),
            },
        }
    }
}

async fn only(sql: &mut dyn Sql, text: &'static str, values: &[Value<'_>]) -> Result<NameMatch, StoreError> {
    let mut rows = sql.query(text, values).await?;
    Ok(match (rows.pop(), rows.pop()) {
        (None, _) => NameMatch::None,
        (Some(mut row), None) => {
            let (account, hash) = account_and_hash(&mut row)?;
            NameMatch::One(Box::new(account), hash)
        }
        (Some(_), Some(_)) => NameMatch::Several,
    })
}
