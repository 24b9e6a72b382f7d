using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>Which process something happens to.</summary>
internal enum Victim
{
    Supervisor,
    Worker,
}

/// <summary>What happens to it.</summary>
internal enum Blow
{
    /// <summary><c>kill -9</c>.</summary>
    Killed,

    /// <summary><c>kill -STOP</c>.</summary>
    Frozen,
}

internal static class Blows
{
    /// <summary>Hits a process of a running tool.</summary>
    public static void Strike(this GatewayTool tool, Victim victim, Blow blow) =>
        Signal.Send(victim == Victim.Supervisor ? tool.Supervisor : tool.Worker!.Value, blow == Blow.Killed ? Signal.Kill : Signal.Stop);
}
