// Omnitracs portal by the proxy that the wsdl tool makes of the WSDL, with a UsernameToken added to each request:
// sets a user's password, then shows a SoapException that holds a WSException.
using System;
using System.Web.Services.Protocols;
using System.Xml;
using System.Xml.Serialization;

public static class OmnitracsWebReference
{
    static readonly string CompanyId = Environment.GetEnvironmentVariable("PASSGATE_COMPANY_ID");
    static readonly string UserId = Environment.GetEnvironmentVariable("PASSGATE_PORTAL_USER_ID");

    public static int Main()
    {
        var service = new SecuredService();
        var newPassword = Environment.GetEnvironmentVariable("PASSGATE_NEW_PORTAL_PASSWORD") ?? "NewPassword1";
        service.setUserPassword(CompanyId, UserId, newPassword, true);
        Console.WriteLine($"user {UserId} has a new password: setUserPassword returned");

        try
        {
            service.setUserPassword(CompanyId, UserId, "Onlyletters", true); // no digit
        }
        catch (SoapException refusal) when (refusal.Code.Name == "WSException")
        {
            var message = refusal.Detail.SelectSingleNode("*/message").InnerText;
            Console.WriteLine($"refused, SoapException {refusal.Code.Name}: {message}");
            return message == "007 Invalid password." ? 0 : 1;
        }
        Console.Error.WriteLine("a password without a digit was taken");
        return 1;
    }
}

public class SecuredService : OMASWebSvcsService
{
    protected override XmlWriter GetWriterForMessage(SoapClientMessage message, int bufferSize)
    {
        message.Headers.Add(new Security());
        return base.GetWriterForMessage(message, bufferSize);
    }
}

[XmlRoot(Namespace = Wsse)]
public class Security : SoapHeader
{
    public const string Wsse = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

    [XmlElement(Namespace = Wsse)]
    public UsernameToken UsernameToken = new UsernameToken();

    public Security() { MustUnderstand = true; }
}

public class UsernameToken
{
    [XmlElement(Namespace = Security.Wsse)]
    public string Username = Environment.GetEnvironmentVariable("PASSGATE_WSSE_USERNAME");

    [XmlElement(Namespace = Security.Wsse)]
    public PasswordText Password = new PasswordText();
}

public class PasswordText
{
    [XmlAttribute]
    public string Type = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText";

    [XmlText]
    public string Text = Environment.GetEnvironmentVariable("PASSGATE_WSSE_PASSWORD");
}
