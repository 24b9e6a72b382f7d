using System.Text;
using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>What runs on 5190 and is not OSCAR is left alone soon and for good.</summary>
[RequiresRoot, RequiresRun, Full]
internal sealed class OtherTrafficTests
{
    private const int MostQueued = 20;

    [TestCase(true)]
    [TestCase(false)]
    public void A_large_download_over_HTTP(bool offloads)
    {
        using var lab = new Lab(new LabOptions { Capture = null, Offloads = offloads });
        using var tool = GatewayTool.Start(lab.Gateway);
        Host web = lab.AddWebServer();
        byte[] request = Encoding.ASCII.GetBytes("GET /big HTTP/1.1\r\nHost: example.org\r\n\r\n");
        byte[] head = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 33554432\r\n\r\n");
        byte[] answer = [.. head, .. lab.Alice.Client.CookieDice.Bytes(32 << 20)];
        Assert.That(RawTransfer.IsWhole(lab.Alice.Client.Host, web, 5_190, request, answer));
        Assert.That(lab.Gateway.QueuedCount(), Is.InRange(1, MostQueued));
    }

    [Test]
    public void A_file_that_leaves_to_bobs_5190()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        byte[] file = lab.Alice.Client.CookieDice.Bytes(8 << 20);
        var header = new Oft2Header(Oft2Header.Prompt, 1, file.Length, Oft2Header.ChecksumOf(file), "holiday.zip");
        byte[] stream = [.. header.ToBytes(), .. file];
        Assert.That(RawTransfer.IsWhole(lab.Alice.Client.Host, lab.Bob.Client.Host, 5_190, stream, "done"u8.ToArray()));
        Assert.That(lab.Gateway.QueuedCount(), Is.InRange(1, MostQueued));
    }

    [Test]
    public void A_connection_to_another_port_is_never_queued()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        byte[] request = Encoding.ASCII.GetBytes("GET / HTTP/1.0\r\n\r\n");
        Assert.That(RawTransfer.IsWhole(lab.Alice.Client.Host, lab.AddWebServer(), 80, request, new byte[100_000]));
        Assert.That(lab.Gateway.QueuedCount(), Is.Zero);
    }
}
