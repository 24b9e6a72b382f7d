using ReAim.Capture;
using ReAim.Capture.Gateway;

namespace ReAim.Gateway.Tests.Checking;

internal sealed class PortListTests
{
    [TestCase("", "")]
    [TestCase("22", "22")]
    [TestCase("6001,22,6000,6002,65535", "22,6000-6002,65535")]
    [TestCase("0-65535", "0-65535")]
    public void Many_ports_are_one_short_word(string text, string shortest)
    {
        string written = PortList.Format(PortList.Parse(text));
        Assert.That(written, Is.EqualTo(shortest));
        Assert.That(PortList.Parse(written), Is.EquivalentTo(PortList.Parse(text)));
    }

    [TestCase("x")]
    [TestCase("9-1")]
    [TestCase("70000")]
    public void What_is_no_port_is_refused(string text) => Assert.That(() => PortList.Parse(text), Throws.TypeOf<BadInputException>());
}
