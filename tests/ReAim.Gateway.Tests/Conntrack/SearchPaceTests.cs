using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Conntrack;

namespace ReAim.Gateway.Tests.Conntrack;

internal sealed class SearchPaceTests
{
    [Test]
    public void After_a_burst_one_search_in_each_interval_is_permitted()
    {
        var pace = new SearchPace();
        int[] counts = [.. new long[] { 1_000_000, 1_000_499, 1_000_500, 1_001_499, 1_001_500, 9_000_000 }.Select(Taken)];
        Assert.That(counts, Is.EqualTo(new[] { SearchPace.Burst, 0, 1, 1, 1, SearchPace.Burst }));

        int Taken(long now)
        {
            int count = 0;
            while (pace.TryTake(now))
            {
                count++;
            }

            return count;
        }
    }

    [Test]
    public void Of_too_many_translated_servers_the_oldest_is_forgotten()
    {
        var servers = new TranslatedServers();
        Ipv4Endpoint own = new(new Ipv4Address(0xC6336405), 5190);
        Ipv4Endpoint[] known = [.. Enumerable.Range(1, TranslatedServers.Capacity + 1).Select(port => own with { Port = (ushort)port })];
        foreach (Ipv4Endpoint end in known)
        {
            servers.Learn(own, end);
            servers.Learn(own, end);
        }

        Assert.That(servers.KnownEnds(own), Is.EqualTo(known[1..]));
        Assert.That(servers.KnownEnds(known[^1]), Is.Empty);
    }
}
