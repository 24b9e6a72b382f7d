using System.Net;
using System.Net.Sockets;
using ReAim.Capture;
using ReAim.Capture.Checking;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Gateway.Tests.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Checking;

internal sealed class ReservedPortsTests
{
    [Test]
    [RequiresRoot]
    public void Forwarded_ports_and_listeners_belong_to_others()
    {
        using var gateway = new SmallGateway();
        gateway.Nft("table ip n { chain p { type nat hook prerouting priority dstnat; iifname \"wan0\" tcp dport 6000-6002 dnat to 192.168.7.5; }; }");
        using TcpListener listener = gateway.In(() =>
        {
            var socket = new TcpListener(IPAddress.Any, 22);
            socket.Start();
            return socket;
        });
        Assert.That(
            gateway.In(() => ReservedPorts.Find(new GatewaySituation(SmallGateway.Options))).Order(), Is.EqualTo(new ushort[] { 22, 6000, 6001, 6002 }));
    }

    [TestCase("", "")]
    [TestCase("22", "22")]
    [TestCase("6001,22,6000,6002,65535", "22,6000-6002,65535")]
    [TestCase("0-65535", "0-65535")]
    public void Ports_go_to_another_process_as_short_text(string text, string shortest)
    {
        string written = ReservedPorts.Format(ReservedPorts.Parse(text));
        Assert.That(written, Is.EqualTo(shortest));
        Assert.That(ReservedPorts.Parse(written), Is.EquivalentTo(ReservedPorts.Parse(text)));
    }

    [TestCase("x")]
    [TestCase("9-1")]
    [TestCase("70000")]
    public void What_is_no_port_is_refused(string text) => Assert.That(() => ReservedPorts.Parse(text), Throws.TypeOf<BadInputException>());
}
