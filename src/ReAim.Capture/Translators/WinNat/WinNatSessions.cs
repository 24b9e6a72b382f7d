using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Translators.WinNat;

/// <summary>Asks Windows' NAT whose connections are, where their first packet was not seen on the LAN's side.</summary>
/// <param name="shell">Runs the command.</param>
/// <param name="found">Is told whose a connection is, when an answer is handed out.</param>
/// <param name="log">Where sentences go.</param>
internal sealed class WinNatSessions(ICommandShell shell, Action<FlowKey, Ipv4Address> found, EventLog log)
{
    /// <summary>Asks.</summary>
    /// <param name="flow">The connection's ends beyond the NAT.</param>
    public void Ask(FlowKey flow) => shell.Ask(WinNatCommands.FindHost(flow), (answer, failure) =>
    {
        if (answer is null)
        {
            log.Say($"Windows' NAT cannot be asked whose {flow} is: {failure}.");
        }
        else if (WinNatCommands.TryReadHost(answer, out Ipv4Address host))
        {
            found(flow, host);
        }
    });
}
