using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Firewalls;

/// <summary>
/// firewalld on a bus of its own; <c>/etc/firewalld</c> is a folder of the test. The WAN is in a zone that masquerades, the LAN in a
/// trusted one. That translated connections are let in is its own rule.
/// </summary>
internal sealed class Firewalld(HomeGateway gateway) : Firewall(gateway)
{
    private string Bus => Folder["bus"];

    private string BusVariable => $"DBUS_SYSTEM_BUS_ADDRESS=unix:path={Bus}";

    public override void Start()
    {
        string bus = Folder.Write("bus.conf", $"""
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <type>system</type>
              <listen>unix:path={Bus}</listen>
              <auth>EXTERNAL</auth>
              <policy context="default">
                <allow own="*"/><allow send_type="*"/><allow send_destination="*"/><allow receive_type="*"/><allow user="*"/>
              </policy>
            </busconfig>
            """);
        Folder.Write("etc/zones/external.xml", """<?xml version="1.0" encoding="utf-8"?><zone><interface name="wan"/><masquerade/></zone>""");
        Folder.Write("etc/zones/trusted.xml", """<?xml version="1.0" encoding="utf-8"?><zone target="ACCEPT"><interface name="lan"/></zone>""");
        Programs.LiveProgram daemon = StartWith([], "dbus-daemon", $"--config-file={bus}", "--nofork");
        Assert.That(Moment.Comes(() => File.Exists(Bus), 20), $"a bus: {string.Join('\n', daemon.Lines)}");
        Programs.LiveProgram firewall = StartWith(
            [(Folder["etc"], "/etc/firewalld")], "env", BusVariable, "firewalld", "--nofork", "--nopid");
        Assert.That(Moment.Comes(() => Command("--state").Code == 0, 40), $"firewalld runs: {string.Join('\n', firewall.Lines)}");
    }

    public override void Reload()
    {
        (int code, string output, string error) = Command("--reload");
        Assert.That(code, Is.Zero, output + error);
    }

    private (int Code, string Output, string Error) Command(string argument) => Place.TryExec("env", BusVariable, "firewall-cmd", argument);
}
