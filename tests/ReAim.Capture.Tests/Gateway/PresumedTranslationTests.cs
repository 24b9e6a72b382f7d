using ReAim.Alg.Streams;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Tests.Gateway;

/// <summary>Where connection tracking cannot be asked, what a person said is believed.</summary>
[TestFixture]
internal sealed class PresumedTranslationTests
{
    [TestCase("192.168.7.10", "203.0.113.7")]
    [TestCase("198.51.100.77", "198.51.100.77")]
    public void Private_addresses_become_the_one_that_was_named_and_public_ones_stay(string host, string becomes)
    {
        var flow = new FlowKey(new Ipv4Endpoint(Addresses.Parse(host), 40_000), new Ipv4Endpoint(Addresses.Server, 5190));
        Assert.That(new PresumedTranslation(Addresses.Gateway).TryFindPublicAddress(flow, out Ipv4Address address));
        Assert.That(address, Is.EqualTo(Addresses.Parse(becomes)));
    }
}
