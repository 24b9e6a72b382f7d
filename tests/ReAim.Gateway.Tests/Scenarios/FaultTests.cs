using System.Globalization;
using ReAim.Alg.Tests.World;
using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Net;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>What breaks on a machine: IM goes on, ReAim says what is missing, and helps again once it is there.</summary>
[RequiresRoot, RequiresRun, Full]
internal sealed class FaultTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    [Test]
    public void A_worker_that_can_open_no_file_goes_on_helping_and_is_not_kept_busy_by_who_asks_for_the_status()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        int worker = tool.Worker!.Value;
        using (new FileLimit(worker))
        {
            Assert.That(GatewayStatus.IsTold(lab.Gateway), Is.False, "nobody can be let in");
            TimeSpan before = Work(worker);

            // A look at the machine falls into this time: its interfaces must not be forgotten.
            Thread.Sleep(6_000);
            Assert.That(ProcessTable.IsRunning(worker), string.Join('\n', tool.Log));
            Assert.That(Work(worker) - before, Is.LessThan(TimeSpan.FromSeconds(1)), "processor time in six seconds");
            AssertHelps(lab);
            Assert.That(tool.WaitForLine("no file can be opened", 1), string.Join('\n', tool.Log));
        }

        Assert.That(Moment.Comes(() => GatewayStatus.IsTold(lab.Gateway), 5), "answers again");
        Assert.That(tool.Worker, Is.EqualTo(worker));
    }

    [Test]
    public void A_supervisor_that_can_open_no_file_says_so_and_restores_rules_once_it_can()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        using (new FileLimit(tool.Supervisor))
        {
            lab.Gateway.Namespace.Exec("nft", "delete", "table", "ip", "reaim");
            Assert.That(tool.WaitForLine("the rules could not be checked", 5), string.Join('\n', tool.Log));
            AssertImWorks(lab);
        }

        Assert.That(tool.WaitForLine("they are restored", 5), string.Join('\n', tool.Log));
        AssertHelpedAfterNextSignOn(lab);
    }

    [Test]
    public void Mappings_that_somebody_flushes_are_put_back()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.Bob.Client.AnswerDelay = 60 * Simulation.Second;
        lab.SignOn();
        lab.Alice.OfferDirectIm(lab.Bob, "hello").WaitForArrival();
        Assert.That(lab.Gateway.MappingCount(), Is.Positive);
        lab.Gateway.Namespace.Exec("nft", "flush", "map", "ip", "reaim", "mappings");
        lab.Gateway.Namespace.Exec("nft", "flush", "set", "ip", "reaim", "public_ends");
        Assert.That(lab.Gateway.MappingCount(), Is.Zero);
        AssertImWorks(lab);
        Assert.That(Moment.Comes(() => lab.Gateway.MappingCount() > 0, 15), "put back");
    }

    [Test]
    public void A_set_without_room_leaves_offers_as_they_are_and_says_so()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        lab.Gateway.AddRules(Full(1_024));
        Offer refused = lab.Alice.OfferDirectIm(lab.Bob, "hello");
        refused.WaitForEnd(30);
        Assert.That((refused.OfferedAddress, refused.WasCountered, refused.IsWhole), Is.EqualTo((lab.Alice.Address, true, true)), refused.ToString());
        Assert.That(tool.WaitForLine("so the offer stays as it is", 1), string.Join('\n', tool.Log));
        AssertImWorks(lab);
        lab.Gateway.Namespace.Exec("nft", "flush", "map", "ip", "reaim", "mappings");
        lab.Gateway.Namespace.Exec("nft", "flush", "set", "ip", "reaim", "public_ends");
        AssertHelps(lab);
    }

    [Test]
    public void A_connection_that_the_kernel_forgot_is_helped_on()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        lab.Gateway.Namespace.Exec("conntrack", "-D", "-p", "tcp", "-s", lab.Alice.Address);
        AssertImWorks(lab);
        AssertHelps(lab);
    }

    [Test]
    public void A_full_disk_ends_the_recording_and_nothing_else()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        string folder = Directory.CreateTempSubdirectory("reaim-disk").FullName;
        Shell.Run("mount", "-t", "tmpfs", "-o", "size=64k", "reaim-disk", folder);
        try
        {
            using var tool = GatewayTool.Start(lab.Gateway, "--record", Path.Combine(folder, "packets.pcapng"));
            lab.SignOn();
            for (int i = 0; i < 60; i++)
            {
                string text = string.Create(CultureInfo.InvariantCulture, $"{i} {new string('x', 1_000)}");
                lab.Alice.SendIm(lab.Bob, text);
                Assert.That(lab.Bob.WaitForIm(text, Soon), Is.Not.Null, $"{i}");
            }

            Assert.That(tool.WaitForLine("the recording ends here", 3), string.Join('\n', tool.Log));
            AssertHelps(lab);
        }
        finally
        {
            Shell.TryRun("umount", "", "--lazy", folder);
            Directory.Delete(folder);
        }
    }

    [Test]
    public void An_address_of_the_WAN_that_is_lost_and_comes_back_costs_nothing_but_the_time_between()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        NetNamespace gateway = lab.Gateway.Namespace;
        gateway.Ip("addr", "del", $"{Lab.PublicAddress}/32", "dev", "wan");
        Assert.That(tool.WaitForLine("the WAN has no address now", 8), string.Join('\n', tool.Log));
        gateway.Ip("addr", "add", $"{Lab.PublicAddress}/32", "dev", "wan");
        gateway.TryExec("ip", "route", "replace", Internet.RouterAddress, "dev", "wan");
        gateway.TryExec("ip", "route", "replace", "default", "via", Internet.RouterAddress, "dev", "wan", "src", Lab.PublicAddress);
        Assert.That(tool.WaitForLine($"the WAN has the address {Lab.PublicAddress} now", 8), string.Join('\n', tool.Log));
        AssertImWorks(lab, 10);
        AssertHelps(lab);
    }

    [Test]
    public void A_flood_that_finds_a_frozen_worker_passes_it_by_and_the_next_offer_is_helped()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        Person dave = lab.AddNeighbour("dave", "192.168.7.11");
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        int worker = tool.Worker!.Value;
        Signal.Send(worker, Signal.Stop);
        SynFlood.Send(dave.Namespace, dave.Address, new(Addresses.Server, 5190), 20_000);
        lab.Alice.SendIm(lab.Bob, "in the flood");
        Signal.Send(worker, Signal.Continue);
        Assert.That(lab.Bob.WaitForIm("in the flood", TimeSpan.FromSeconds(3)), Is.Not.Null, "what finds no room passes");
        Assert.That(Moment.Comes(() => lab.Gateway.WaitingCount() == 0 && tool.HasReadyWorker, 5), "it goes on, or another does if it was away for too long");
        AssertHelpedAfterNextSignOn(lab);
    }

    /// <summary>Elements that belong to nobody, as many as there is room for.</summary>
    private static string Full(int room)
    {
        string[] ends = [.. Enumerable.Range(0, room).Select(i => string.Create(CultureInfo.InvariantCulture, $"10.9.{i >> 8}.{i & 255} . 7000"))];
        return $"add element ip reaim public_ends {{ {string.Join(", ", ends)} }}\n"
            + $"add element ip reaim mappings {{ {string.Join(", ", ends.Select(end => $"{end} : 10.8.0.1 . 7000"))} }}\n";
    }

    private static void AssertImWorks(Lab lab, double seconds = 2)
    {
        lab.Alice.SendIm(lab.Bob, "still here?");
        Assert.That(lab.Bob.WaitForIm("still here?", TimeSpan.FromSeconds(seconds)), Is.Not.Null, "an IM");
        lab.Bob.Client.ReceivedIms.Clear();
    }

    private static void AssertHelps(Lab lab)
    {
        lab.Bob.Client.AnswerDelay = 0;
        lab.Alice.OfferDirectIm(lab.Bob, "hello").AssertDirectAtOnce();
    }

    private static void AssertHelpedAfterNextSignOn(Lab lab)
    {
        Thread.Sleep(500);
        lab.Alice.SignOff();
        lab.Alice.SignOn();
        AssertHelps(lab);
    }

    /// <summary>The processor time that a process has used.</summary>
    private static TimeSpan Work(int process)
    {
        using var one = System.Diagnostics.Process.GetProcessById(process);
        return one.TotalProcessorTime;
    }
}
