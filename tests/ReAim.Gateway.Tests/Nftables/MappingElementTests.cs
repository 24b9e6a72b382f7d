using System.Net.Sockets;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Translators.Nftables;
using ReAim.Gateway.Tests.Nfqueue;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Nftables;

[RequiresRoot]
internal sealed class MappingElementTests
{
    /// <summary>
    /// An older kernel that looks for an element while another processor commits its renewal may find neither the old one nor the new one;
    /// it looks again since some version after 6.12. Here that is renewed without a pause, in use every ten seconds.
    /// </summary>
    private static readonly bool s_looksAgain = Environment.OSVersion.Version >= new Version(6, 18);

    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(30);

    private static readonly Mapping s_mapping = Mapping("203.0.113.1:6000", "192.168.7.10:5190");

    [Test]
    public void A_mapping_stands_in_both_sets_with_its_lease()
    {
        using var gateway = new NetNamespace("gw");
        MappingTable.Create(gateway);
        using MappingElements elements = MappingTable.Open(gateway);
        Assert.That(elements.Install(s_mapping, s_lease), Is.EqualTo(ElementAnswer.Done));
        Assert.Multiple(() =>
        {
            Assert.That(MappingTable.List(gateway, "set", "public_ends"),
                Does.Match(@"\{ 203\.0\.113\.1 \. 6000 timeout 30s expires (30s|29s\d+ms) \}"));
            Assert.That(MappingTable.List(gateway, "map", "mappings"),
                Does.Match(@"\{ 203\.0\.113\.1 \. 6000 timeout 30s expires 29s\d+ms : 192\.168\.7\.10 \. 5190 \}"));
        });
    }

    [Test]
    public void Ends_that_keep_neighbours_out_are_renewed_and_let_them_in_again_and_go_with_their_mapping()
    {
        using var gateway = new NetNamespace("gw");
        MappingTable.Create(gateway);
        using MappingElements elements = MappingTable.Open(gateway);
        Mapping[] many = [.. Enumerable.Range(0, 100).Select(i => Mapping($"203.0.113.1:{7_000 + i}", "192.168.7.10:5190")), s_mapping];
        Assert.That(elements.KeepNeighboursOut(many, TimeSpan.FromSeconds(10)), Is.EqualTo(ElementAnswer.Done));
        Assert.That(elements.KeepNeighboursOut(many, s_lease), Is.EqualTo(ElementAnswer.Done));
        Assert.That(List(), Does.Contain("203.0.113.1 . 6000 timeout 30s").And.Contain("203.0.113.1 . 7099 timeout 30s").And.Not.Contain("timeout 10s"));
        Assert.That(elements.LetNeighboursIn(many[0]), Is.EqualTo(ElementAnswer.Done));
        Assert.That(elements.LetNeighboursIn(many[0]), Is.EqualTo(ElementAnswer.Done), "it may be gone already");
        elements.Install(s_mapping, s_lease);
        Assert.That(elements.Remove(s_mapping), Is.EqualTo(ElementAnswer.Done));
        Assert.That(List(), Does.Contain("7001").And.Not.Contain("7000").And.Not.Contain(". 6000"));
        Assert.That(elements.Flush(), Is.EqualTo(ElementAnswer.Done));
        Assert.That(List(), Does.Not.Contain("elements"));

        string List() => MappingTable.List(gateway, "set", "inside_told");
    }

    [Test]
    public void A_peer_reaches_the_lan_host_while_the_lease_lasts_and_keeps_its_connection_afterwards()
    {
        using var route = new Route();
        MappingTable.Create(route.Gateway);
        using MappingElements elements = MappingTable.Open(route.Gateway);
        using Socket listener = Route.Listen(route.Lan, Route.LanAddress);
        Assert.That(Connects(route), Is.False, "no mapping yet");
        Assert.That(elements.Install(s_mapping, TimeSpan.FromSeconds(1)), Is.EqualTo(ElementAnswer.Done));
        using Socket peer = Route.Client(route.Remote);
        Assert.That(peer.ConnectAsync(Route.PublicAddress, 6000).Wait(900));
        using Socket accepted = listener.Accept();
        Thread.Sleep(1_100);
        Assert.That(Connects(route), Is.False, "the lease is over");
        peer.Send("still there"u8);
        byte[] heard = new byte[11];
        accepted.ReceiveTimeout = 2_000;
        Assert.That(accepted.Receive(heard), Is.EqualTo(11));
    }

    [Test]
    public void Renewing_makes_a_lease_longer_and_shorter_and_is_seen_by_nobody()
    {
        using var route = new Route();
        MappingTable.Create(route.Gateway);
        using MappingElements elements = MappingTable.Open(route.Gateway);
        using Socket listener = Route.Listen(route.Lan, Route.LanAddress);
        elements.Install(s_mapping, TimeSpan.FromMilliseconds(500));
        elements.Install(s_mapping, s_lease);
        Thread.Sleep(600);
        Assert.That(MappingTable.List(route.Gateway, "map", "mappings"), Does.Contain("timeout 30s expires 29s"));

        bool ends = false;
        Task renewing = Task.Run(() =>
        {
            while (!Volatile.Read(ref ends))
            {
                Assert.That(elements.Install(s_mapping, s_lease), Is.EqualTo(ElementAnswer.Done));
            }
        });
        int missed = Enumerable.Range(0, 200).Count(_ => !Connects(route));
        Assert.That(missed, Is.LessThanOrEqualTo(s_looksAgain ? 0 : 10), "connects while it was renewed");
        Volatile.Write(ref ends, true);
        renewing.Wait();
        elements.Install(s_mapping, TimeSpan.FromMilliseconds(100));
        Thread.Sleep(150);
        Assert.That(Connects(route), Is.False);
    }

    [Test]
    public void A_public_end_that_leads_elsewhere_is_a_conflict_and_stays_as_it_is()
    {
        using var gateway = new NetNamespace("gw");
        MappingTable.Create(gateway);
        using MappingElements elements = MappingTable.Open(gateway);
        elements.Install(s_mapping, s_lease);
        Mapping other = Mapping("203.0.113.1:6000", "192.168.7.11:5190");
        Assert.That(elements.Install(other, s_lease), Is.EqualTo(ElementAnswer.Conflict));
        Assert.That(elements.Remove(other), Is.EqualTo(ElementAnswer.Conflict));
        Assert.That(MappingTable.List(gateway, "map", "mappings"), Does.Contain(": 192.168.7.10 . 5190 }"));
        Assert.That(MappingTable.List(gateway, "set", "public_ends"), Does.Contain("203.0.113.1 . 6000"));
    }

    [Test]
    public void A_mapping_is_removed_whether_it_is_there_or_not_and_no_other()
    {
        using var gateway = new NetNamespace("gw");
        MappingTable.Create(gateway);
        using MappingElements elements = MappingTable.Open(gateway);
        Mapping stays = Mapping("203.0.113.1:6001", "192.168.7.10:5190");
        elements.Install(s_mapping, s_lease);
        elements.Install(stays, s_lease);
        Assert.That(elements.Remove(s_mapping), Is.EqualTo(ElementAnswer.Done));
        Assert.That(elements.Remove(s_mapping), Is.EqualTo(ElementAnswer.Done));
        Assert.That(MappingTable.List(gateway, "map", "mappings"), Does.Contain("6001").And.Not.Contain("6000"));
        Assert.That(MappingTable.List(gateway, "set", "public_ends"), Does.Contain("6001").And.Not.Contain("6000"));
        Assert.That(elements.Flush(), Is.EqualTo(ElementAnswer.Done));
        Assert.That(MappingTable.List(gateway, "map", "mappings"), Does.Not.Contain("elements"));
        Assert.That(MappingTable.List(gateway, "set", "public_ends"), Does.Not.Contain("elements"));
        Assert.That(elements.Flush(), Is.EqualTo(ElementAnswer.Done), "nothing to flush");
    }

    [Test]
    public void Many_are_renewed_together_and_one_that_leads_elsewhere_spoils_no_other()
    {
        using var gateway = new NetNamespace("gw");
        MappingTable.Create(gateway);
        using MappingElements elements = MappingTable.Open(gateway);
        Mapping[] mappings = [.. Enumerable.Range(0, 512).Select(i => Mapping($"203.0.113.1:{6_000 + i}", "192.168.7.10:5190"))];
        var answers = new ElementAnswer[mappings.Length];
        elements.Renew(mappings, s_lease, answers);
        Assert.That(answers, Is.All.EqualTo(ElementAnswer.Done));

        mappings[100] = Mapping("203.0.113.1:6100", "192.168.7.11:5190");
        elements.Renew(mappings, TimeSpan.FromSeconds(90), answers);
        Assert.That(Enumerable.Range(0, answers.Length).Where(i => answers[i] != ElementAnswer.Done), Is.EqualTo(new[] { 100 }));
        Assert.That(answers[100], Is.EqualTo(ElementAnswer.Conflict));
        string list = MappingTable.List(gateway, "map", "mappings");
        Assert.That(list.Split("timeout 1m30s"), Has.Length.EqualTo(512));
        Assert.That(list.Split("timeout 30s"), Has.Length.EqualTo(2));
    }

    [Test]
    public void A_full_set_refuses_one_more_but_renews_and_removes()
    {
        using var gateway = new NetNamespace("gw");
        MappingTable.Create(gateway, size: 2);
        using MappingElements elements = MappingTable.Open(gateway);
        Mapping second = Mapping("203.0.113.1:6001", "192.168.7.10:5190");
        Mapping third = Mapping("203.0.113.1:6002", "192.168.7.10:5190");
        Assert.That(elements.Install(s_mapping, s_lease), Is.EqualTo(ElementAnswer.Done));
        Assert.That(elements.Install(second, s_lease), Is.EqualTo(ElementAnswer.Done));
        Assert.That(elements.Install(third, s_lease), Is.EqualTo(ElementAnswer.Full));
        Assert.That(elements.Install(second, s_lease), Is.EqualTo(ElementAnswer.Done));
        Assert.That(elements.Remove(s_mapping), Is.EqualTo(ElementAnswer.Done));
        Assert.That(elements.Install(third, s_lease), Is.EqualTo(ElementAnswer.Done));
    }

    [Test]
    public void A_table_that_is_gone_is_told()
    {
        using var gateway = new NetNamespace("gw");
        using MappingElements elements = MappingTable.Open(gateway);
        Assert.That(elements.Install(s_mapping, s_lease), Is.EqualTo(ElementAnswer.TableMissing));
        MappingTable.Create(gateway);
        Assert.That(elements.Install(s_mapping, s_lease), Is.EqualTo(ElementAnswer.Done));
        gateway.Exec("nft", "flush", "ruleset");
        Assert.That(elements.Install(s_mapping, s_lease), Is.EqualTo(ElementAnswer.TableMissing));
        Assert.That(elements.Remove(s_mapping), Is.EqualTo(ElementAnswer.TableMissing));
        Assert.That(elements.Flush(), Is.EqualTo(ElementAnswer.TableMissing));
        Assert.That(elements.LastError, Is.EqualTo(Errno.NoEntry));
    }

    [Test]
    public void Without_the_capability_nothing_is_installed()
    {
        using var gateway = new NetNamespace("gw");
        MappingTable.Create(gateway);
        ElementAnswer answer = gateway.Inside(() =>
        {
            Capabilities.GiveUpOnThisThread();
            MappingElements.TryOpen(out MappingElements? elements);
            using (elements)
            {
                return elements!.Install(s_mapping, s_lease);
            }
        });
        Assert.That(answer, Is.EqualTo(ElementAnswer.NotPermitted));
    }

    [Test]
    public void A_learnt_server_stands_in_its_set()
    {
        using var gateway = new NetNamespace("gw");
        MappingTable.Create(gateway);
        using MappingElements elements = MappingTable.Open(gateway);
        Assert.That(elements.AddServer(Endpoint("198.51.100.5:443"), TimeSpan.FromMinutes(2)), Is.EqualTo(ElementAnswer.Done));
        Assert.That(elements.AddServer(Endpoint("198.51.100.5:443"), TimeSpan.FromMinutes(3)), Is.EqualTo(ElementAnswer.Done));
        Assert.That(
            MappingTable.List(gateway, "set", "servers"),
            Does.Match(@"\{ 198\.51\.100\.5 \. 443 timeout 3m expires (3m|2m59s)"), "or nothing of it has passed yet");
    }

    [Test]
    public void The_generation_changes_with_the_rules_and_only_then()
    {
        using var gateway = new NetNamespace("gw");
        MappingTable.Create(gateway);
        using MappingElements elements = MappingTable.Open(gateway);
        using RulesetGeneration generation = gateway.Inside(() =>
        {
            Assert.That(RulesetGeneration.TryOpen(out RulesetGeneration? opened), Is.EqualTo(Errno.None));
            return opened!;
        });
        Assert.That(generation.TryRead(out uint first), Is.EqualTo(Errno.None));
        Assert.That(generation.TryRead(out uint second), Is.EqualTo(Errno.None));
        Assert.That(second, Is.EqualTo(first));
        elements.Install(s_mapping, s_lease);
        generation.TryRead(out uint third);
        Assert.That(third, Is.Not.EqualTo(second), "our own elements count");
        gateway.Exec("nft", "flush", "ruleset");
        generation.TryRead(out uint fourth);
        Assert.That(fourth, Is.Not.EqualTo(third));
    }

    [Test]
    [Explicit("Measures.")]
    public void How_long_a_mapping_takes()
    {
        using var gateway = new NetNamespace("gw");
        MappingTable.Create(gateway);
        using MappingElements elements = MappingTable.Open(gateway);
        var times = new double[5_000];
        for (int i = 0; i < times.Length; i++)
        {
            Mapping mapping = Mapping($"203.0.113.1:{6_000 + (i % 256)}", "192.168.7.10:5190");
            long before = System.Diagnostics.Stopwatch.GetTimestamp();
            elements.Install(mapping, s_lease);
            times[i] = System.Diagnostics.Stopwatch.GetElapsedTime(before).TotalMicroseconds;
        }

        Array.Sort(times);
        TestContext.Out.WriteLine($"install: p50 {times[2_500]:F1} us, p99 {times[4_950]:F1} us");
        Mapping[] all = [.. Enumerable.Range(0, 256).Select(
            i => Mapping($"203.0.113.1:{6_000 + i}", "192.168.7.10:5190"))];
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        elements.Renew(all, s_lease, new ElementAnswer[256]);
        TestContext.Out.WriteLine($"renew 256: {System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMicroseconds:F0} us");
    }

    /// <summary>False if the gateway itself answers, with a reset.</summary>
    private static bool Connects(Route route)
    {
        using Socket peer = Route.Client(route.Remote);
        try
        {
            return peer.ConnectAsync(Route.PublicAddress, 6000).Wait(5_000);
        }
        catch (AggregateException)
        {
            return false;
        }
    }

    private static Mapping Mapping(string publicEnd, string lan) => new(Endpoint(publicEnd), Endpoint(lan));

    private static Ipv4Endpoint Endpoint(string text)
    {
        string[] parts = text.Split(':');
        Assert.That(Ipv4Address.TryParse(parts[0], out Ipv4Address address));
        return new Ipv4Endpoint(address, ushort.Parse(parts[1]));
    }
}
