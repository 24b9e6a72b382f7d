using System.Text.Json;

namespace ReAim.Gateway.Tests.World;

/// <summary><c>reaim status --json</c> on a gateway.</summary>
internal static class GatewayStatus
{
    /// <summary>Asks, which must succeed.</summary>
    public static JsonElement Read(HomeGateway gateway)
    {
        string text = gateway.Namespace.Exec(GatewayTool.Program[0], [.. GatewayTool.Program.Skip(1), "status", "--json"]);
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>Whether there is an answer.</summary>
    public static bool IsTold(HomeGateway gateway) =>
        gateway.Namespace.TryExec(GatewayTool.Program[0], [.. GatewayTool.Program.Skip(1), "status"]).Code == 0;
}
