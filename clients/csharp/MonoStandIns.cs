// What the .NET samples use and Mono lacks. Compiled in on Mono only, so that the samples themselves stay as .NET wants them.
#if REST
namespace System.Net.Http.Json
{
    using System.IO;
    using System.Net.Http.Headers;
    using System.Text;
    using System.Threading.Tasks;
    using System.Web.Script.Serialization;

    public static class JsonStandIns
    {
        /// Sends chunked, as the original does.
        public static Task<HttpResponseMessage> PostAsJsonAsync<T>(this HttpClient http, string url, T value)
        {
            var content = new StringContent(new JavaScriptSerializer().Serialize(value), Encoding.UTF8, "application/json");
            var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
            request.Headers.TransferEncodingChunked = true;
            return http.SendAsync(request);
        }

        /// Property names match without regard to case, as with the original's web defaults.
        public static async Task<T> ReadFromJsonAsync<T>(this HttpContent content)
        {
            return new JavaScriptSerializer().Deserialize<T>(await content.ReadAsStringAsync());
        }
    }
}
#endif

#if ECGRIDOS
/// What a fault's detail begins with. The WSDL declares no faults, and Mono, unlike .NET, fails on a detail it has no type for.
[System.Runtime.Serialization.DataContract(Name = "ECGridOSSOAPErrorCode", Namespace = "")]
public enum ErrorCodeStandIn
{
    [System.Runtime.Serialization.EnumMember] Authentication,
    [System.Runtime.Serialization.EnumMember] Authorization,
    [System.Runtime.Serialization.EnumMember] ObjectNotFound,
    [System.Runtime.Serialization.EnumMember] InvalidParameter,
    [System.Runtime.Serialization.EnumMember] SystemError
}

/// Mono's svcutil writes the synchronous methods only; dotnet-svcutil writes these as members.
public static class ECGridOSPortTypeClientStandIns
{
    public static System.Threading.Tasks.Task<string> LoginAsync(
        this ECGridOSPortTypeClient client, string UserName, string Password, string SenderSolution, string SenderVersion,
        string SenderCompanyName, string SenderContact, string SenderContactEmail)
    {
        foreach (var operation in client.Endpoint.Contract.Operations) // here, since Login is the first call
        {
            var fault = new System.ServiceModel.Description.FaultDescription("") { DetailType = typeof(ErrorCodeStandIn) };
            operation.Faults.Add(fault);
        }
        return System.Threading.Tasks.Task.Run(() => client.Login(
            UserName, Password, SenderSolution, SenderVersion, SenderCompanyName, SenderContact, SenderContactEmail));
    }

    public static System.Threading.Tasks.Task<bool> UserPasswordAsync(
        this ECGridOSPortTypeClient client, string SessionID, int UserID, string NewPassword)
    {
        return System.Threading.Tasks.Task.Run(() => client.UserPassword(SessionID, UserID, NewPassword));
    }

    public static System.Threading.Tasks.Task<bool> LogoutAsync(this ECGridOSPortTypeClient client, string SessionID)
    {
        return System.Threading.Tasks.Task.Run(() => client.Logout(SessionID));
    }
}
#endif
