// ECGrid REST by HttpClient: sets a user's password, then shows the refusal that EnsureSuccessStatusCode makes.
// Written for .NET; on Mono, MonoStandIns.cs lends it PostAsJsonAsync and ReadFromJsonAsync.
using System;
using System.Net;
using System.Net.Http;
using System.Net.Http.Json;
using System.Threading.Tasks;

public class ApiResponse<T>
{
    public bool Success { get; set; }
    public T Data { get; set; }
}

public static class Rest
{
    static readonly string Url = Environment.GetEnvironmentVariable("PASSGATE_BASE_URL") + "/v2/users/password";
    static readonly int UserId = int.Parse(Environment.GetEnvironmentVariable("PASSGATE_TARGET_USER_ID"));

    // Not an async Main: Mono's compiler is older than that.
    public static int Main() => MainAsync().GetAwaiter().GetResult();

    static async Task<int> MainAsync()
    {
        var http = new HttpClient();
        http.DefaultRequestHeaders.Add("X-API-Key", Environment.GetEnvironmentVariable("PASSGATE_API_KEY"));

        var newPassword = Environment.GetEnvironmentVariable("PASSGATE_NEW_PASSWORD") ?? "NewPassw0rd!";
        if (!await SetPasswordAsync(http, newPassword))
        {
            Console.Error.WriteLine("unexpected answer");
            return 1;
        }
        Console.WriteLine($"user {UserId} has a new password: Data true");

        try
        {
            await SetPasswordAsync(http, "Onlyletters!"); // no digit
        }
        catch (HttpRequestException refusal) when (refusal.Message.Contains("400"))
        {
            Console.WriteLine($"refused, HttpRequestException: {refusal.Message}");
            return 0;
        }
        Console.Error.WriteLine("a password without a digit was taken");
        return 1;
    }

    static async Task<bool> SetPasswordAsync(HttpClient http, string newPassword)
    {
        var response = await http.PostAsJsonAsync(Url, new { userId = UserId, newPassword });
        response.EnsureSuccessStatusCode();
        var result = await response.Content.ReadFromJsonAsync<ApiResponse<bool>>();
        return result?.Data ?? false;
    }
}
