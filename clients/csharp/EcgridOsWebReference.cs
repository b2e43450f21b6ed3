// ECGridOS by the older kind of .NET proxy, made of the WSDL by the wsdl tool (a "web reference"):
// signs in, sets a user's password, then shows a SoapException.
using System;
using System.Web.Services.Protocols;

public static class EcgridOsWebReference
{
    static readonly int UserId = int.Parse(Environment.GetEnvironmentVariable("PASSGATE_TARGET_USER_ID"));

    public static int Main()
    {
        var service = new ECGridOS();
        var sessionID = service.Login(
            Environment.GetEnvironmentVariable("PASSGATE_ADMIN_LOGIN"),
            Environment.GetEnvironmentVariable("PASSGATE_ADMIN_PASSWORD"),
            null, null, null, null, null);
        try
        {
            return SetPassword(service, sessionID);
        }
        finally
        {
            service.Logout(sessionID);
        }
    }

    static int SetPassword(ECGridOS service, string sessionID)
    {
        var newPassword = Environment.GetEnvironmentVariable("PASSGATE_NEW_PASSWORD") ?? "NewPassw0rd!";
        bool success = service.UserPassword(sessionID, UserId, newPassword);
        if (!success)
        {
            Console.Error.WriteLine("unexpected result: false");
            return 1;
        }
        Console.WriteLine($"user {UserId} has a new password: UserPassword returned {success}");

        try
        {
            service.UserPassword(sessionID, UserId, "Onlyletters!"); // no digit
        }
        catch (SoapException refusal) when (refusal.Message.Contains("DataError: "))
        {
            var code = refusal.Detail.SelectSingleNode("ErrorInfo/ErrorCode").InnerText;
            Console.WriteLine($"refused, SoapException {refusal.Code.Name} with ErrorCode {code}: {refusal.Message}");
            return 0;
        }
        Console.Error.WriteLine("a password without a digit was taken");
        return 1;
    }
}
