// ECGridOS by the classes that dotnet-svcutil makes of the WSDL: signs in, sets a user's password, then shows a FaultException.
// Written for .NET; on Mono, its own svcutil makes the classes and MonoStandIns.cs lends them the Async methods.
using System;
using System.ServiceModel;
using System.Threading.Tasks;
#if !MONO
using ECGridOSClient;
#endif

public static class EcgridOs
{
    static readonly int UserId = int.Parse(Environment.GetEnvironmentVariable("PASSGATE_TARGET_USER_ID"));

    // Not an async Main: Mono's compiler is older than that.
    public static int Main() => MainAsync().GetAwaiter().GetResult();

    static async Task<int> MainAsync()
    {
        var client = new ECGridOSPortTypeClient();
        var sessionID = await client.LoginAsync(
            Environment.GetEnvironmentVariable("PASSGATE_ADMIN_LOGIN"),
            Environment.GetEnvironmentVariable("PASSGATE_ADMIN_PASSWORD"),
            null, null, null, null, null);
        try
        {
            return await SetPassword(client, sessionID);
        }
        finally
        {
            await client.LogoutAsync(sessionID);
        }
    }

    static async Task<int> SetPassword(ECGridOSPortTypeClient client, string sessionID)
    {
        var newPassword = Environment.GetEnvironmentVariable("PASSGATE_NEW_PASSWORD") ?? "NewPassw0rd!";
        bool success = await client.UserPasswordAsync(
            sessionID,
            UserID: UserId,
            NewPassword: newPassword);
        if (!success)
        {
            Console.Error.WriteLine("unexpected result: false");
            return 1;
        }
        Console.WriteLine($"user {UserId} has a new password: UserPasswordAsync gave {success}");

        try
        {
            await client.UserPasswordAsync(sessionID, UserID: UserId, NewPassword: "Onlyletters!"); // no digit
        }
        catch (FaultException refusal) when (refusal.Message.StartsWith("DataError: "))
        {
            Console.WriteLine($"refused, FaultException {refusal.Code.Name}: {refusal.Message}");
            return 0;
        }
        Console.Error.WriteLine("a password without a digit was taken");
        return 1;
    }
}
