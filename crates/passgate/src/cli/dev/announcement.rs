//! What a person sees when `dev` has started: where everything is, and requests to paste.

use std::fmt::Write as _;
use std::path::Path;

use super::credentials::Credentials;
use super::sample_data::Samples;

/// The text, all of it: credentials are for the one who started the server.
pub(super) fn of(to: &Credentials<'_>, samples: &Samples, folder: &Path, kept: bool) -> String {
    let mut text = format!(
        "\
Passgate is ready at {base}   (development: sample data, not for real passwords)

  API key         {key}
                  of {login}, a NetworkAdmin of {company}
  SOAP sign-in    {login} / {password}
  UsernameToken   {wsse} / {wsse_password}
  WSDL            {ecgridos}
                  {omnitracs}
  Data            {folder}{kept}

Set the password of user {target} over REST:

curl -X POST {base}/v2/users/password \\
  -H 'X-API-Key: {key}' -H 'Content-Type: application/json' \\
  -d '{{ \"userId\": {target}, \"newPassword\": \"NewPassw0rd!\" }}'

Sign in over SOAP (ECGridOS); the answer holds the SessionID:

curl {base}/v4.1/prod/ECGridOS.asmx \\
  -H 'Content-Type: text/xml; charset=utf-8' -H 'SOAPAction: \"http://www.ecgridos.net/Login\"' \\
  -d '<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><Login xmlns=\"http://www.ecgridos.net/\"><LoginName>{login}</LoginName><Password>{password}</Password></Login></soap:Body></soap:Envelope>'

Set the password of user {target} over SOAP (ECGridOS); an API key may stand for the SessionID:

curl {base}/v4.1/prod/ECGridOS.asmx \\
  -H 'Content-Type: text/xml; charset=utf-8' -H 'SOAPAction: \"http://www.ecgridos.net/UserPassword\"' \\
  -d '<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><UserPassword xmlns=\"http://www.ecgridos.net/\"><SessionID>{key}</SessionID><UserID>{target}</UserID><NewPassword>NewPassw0rd!</NewPassword></UserPassword></soap:Body></soap:Envelope>'

Set the password of {portal} over SOAP with WS-Security (Omnitracs):

curl {base}{omnitracs_path} \\
  -H 'Content-Type: text/xml; charset=utf-8' -H 'SOAPAction: \"\"' \\
  -d '<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header><wsse:Security xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\"><wsse:UsernameToken><wsse:Username>{wsse}</wsse:Username><wsse:Password>{wsse_password}</wsse:Password></wsse:UsernameToken></wsse:Security></soap:Header><soap:Body><setUserPassword><companyId>{company}</companyId><userId>{portal}</userId><password>NewPassword1</password><forcePwdReset>1</forcePwdReset></setUserPassword></soap:Body></soap:Envelope>'

",
        base = to.base_url,
        key = to.api_key,
        login = to.admin_login,
        password = to.admin_password,
        company = to.company_id,
        wsse = to.wsse_username,
        wsse_password = to.wsse_password,
        ecgridos = to.ecgridos_wsdl,
        omnitracs = to.omnitracs_wsdl,
        omnitracs_path = passgate_door_omnitracs::PATH,
        target = to.target_user_id,
        portal = to.portal_user_id,
        folder = folder.display(),
        kept = if kept { "" } else { "   (removed at the end)" },
    );
    let _ =
        writeln!(text, "{:<8} {:<10} {:<10} {:<13} {:<7} password", "user id", "company", "login", "level", "mailbox");
    for user in &samples.users {
        let _ = writeln!(
            text,
            "{:<8} {:<10} {:<10} {:<13} {:<7} {}",
            user.user,
            user.company,
            user.login,
            user.level.name(),
            user.mailbox,
            user.password.as_str()
        );
    }
    text.push_str("\nCtrl-C ends it.\n");
    text
}
