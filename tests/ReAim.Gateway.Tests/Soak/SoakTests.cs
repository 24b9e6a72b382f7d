using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ReAim.Gateway.Tests.Scenarios;
using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Oscar.Styles;

namespace ReAim.Gateway.Tests.Soak;

/// <summary>
/// Two hundred clients for a long time, with loss, while worker and supervisor are killed and frozen at random; then as long without
/// kills, to see what one of each keeps. REAIM_SOAK_SECONDS says how long in all, a minute otherwise.
/// </summary>
[RequiresRoot, RequiresRun, Full]
internal sealed class SoakTests
{
    private const int Hosts = 10;
    private const int ClientsPerHost = 10;

    /// <summary>Packets that the router loses, in thousandths.</summary>
    private const int Loss = 3;

    /// <summary>From here on a soak is long enough for a process to have as much memory as it needs when it is first looked at.</summary>
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(10);

    private readonly Random _random = new(1);
    private readonly SoakTally _tally = new();

    [Test]
    public void Two_hundred_clients_and_kills_leave_no_wrong_byte_no_stuck_flow_and_nothing_behind()
    {
        TimeSpan time = TimeSpan.FromSeconds(double.TryParse(Environment.GetEnvironmentVariable("REAIM_SOAK_SECONDS"), NumberStyles.None, CultureInfo.InvariantCulture, out double given) ? given : 60);
        using var lab = new Lab(new LabOptions { Capture = null });
        List<Chatter> chatters = Populate(lab);
        GatewayTool tool = GatewayTool.Start(lab.Gateway);
        try
        {
            Weather.Lose(lab.Internet, Loss);
            chatters.ForEach(chatter => lab.Programs.Do(() => { chatter.Start(); return true; }));
            tool = Torment(lab, tool, time / 2);

            (int supervisor, int? worker) = (tool.Supervisor, tool.Worker);
            Thread.Sleep(time / 8);
            ProcessFootprint[] before = [ProcessFootprint.Of(supervisor), ProcessFootprint.Of(worker!.Value)];
            Thread.Sleep((time / 2) - (time / 8));
            ProcessFootprint[] after = [ProcessFootprint.Of(supervisor), ProcessFootprint.Of(worker.Value)];
            Assert.That(tool.Worker, Is.EqualTo(worker), "nobody had to be replaced while nobody was killed");

            Calm(lab, chatters);
            chatters.ForEach(chatter => lab.Programs.Do(() => { chatter.CountIms(); return true; }));
            TestContext.Out.WriteLine($"{_tally}\nsupervisor {before[0]}, then {after[0]}; worker {before[1]}, then {after[1]}\n{string.Join('\n', _tally.Notes)}");
            Assert.That(_tally.Complaints, Is.Empty);
            Assert.That(_tally.Struck, Is.LessThanOrEqualTo(_tally.Succeeded / 50), "offers that led nowhere, though both stayed: somebody was killed");
            Assert.That(_tally.Failed, Is.LessThanOrEqualTo(_tally.Succeeded / 1_000), "offers that led nowhere, though both stayed and nobody was killed: two lost SYNs are too much for some");
            AssertNobodyIsStuck(lab, chatters);
            double mostGrowth = time < s_long ? 16 : 6;
            AssertFlat(before[0], after[0], mostGrowth, "supervisor");
            AssertFlat(before[1], after[1], mostGrowth, "worker");
            AssertNothingIsLeft(lab, tool, chatters);
        }
        finally
        {
            tool.Dispose();
        }
    }

    /// <summary>Half of the clients on hosts of the LAN, half outside; those of one host share its address.</summary>
    private List<Chatter> Populate(Lab lab)
    {
        var chatters = new List<Chatter>();
        var styles = AllStyles.List;
        for (int host = 0; host < Hosts; host++)
        {
            Person inside = lab.AddNeighbour($"in{host}", $"192.168.7.{20 + host}", style: styles[host % styles.Count]);
            Person outside = lab.AddPublic($"out{host}", $"198.51.100.{100 + host}", styles[(host + 1) % styles.Count]);
            foreach (Person person in (Person[])[inside, outside])
            {
                chatters.Add(new Chatter(lab, person, chatters, _tally));
                for (int client = 1; client < ClientsPerHost; client++)
                {
                    chatters.Add(new Chatter(lab, lab.AddBeside(person, $"{person.Name}x{client}"), chatters, _tally));
                }
            }
        }

        return chatters;
    }

    private GatewayTool Torment(Lab lab, GatewayTool tool, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < time)
        {
            Thread.Sleep(_random.Next(4_000, 12_000));
            Victim victim = _random.Next(3) == 0 ? Victim.Supervisor : Victim.Worker;
            Blow blow = victim == Victim.Worker && _random.Next(4) == 0 ? Blow.Frozen : Blow.Killed;
            if (tool.Worker is null)
            {
                continue;
            }

            lab.Programs.Do(() => { _tally.CountBlow(lab.Programs.Now); return true; });
            tool.Strike(victim, blow);
            if (victim == Victim.Supervisor)
            {
                Thread.Sleep(_random.Next(0, 3_000));
                tool.Dispose();
                tool = GatewayTool.Start(lab.Gateway);
            }
        }

        // One that was frozen last is found out first.
        Thread.Sleep(2_000);
        Assert.That(Moment.Comes(() => tool.Worker is not null, 15), "a worker is there again");
        return tool;
    }

    /// <summary>Nobody begins anything new, and what is under way ends.</summary>
    private static void Calm(Lab lab, List<Chatter> chatters)
    {
        lab.Internet.Router.Exec("nft", "delete", "table", "ip", "weather");
        chatters.ForEach(chatter => chatter.Stop());
        Assert.That(Task.WhenAll(chatters.Select(chatter => chatter.Ended)).Wait(TimeSpan.FromSeconds(300)), "everybody comes to an end");
        Thread.Sleep(2_000);
    }

    private static void AssertNobodyIsStuck(Lab lab, List<Chatter> chatters)
    {
        Person[] people = [.. chatters.Select(chatter => chatter.Person)];
        foreach (Person person in people.Where(person => !lab.Programs.Do(() => person.Client.IsSignedOn)))
        {
            person.SignOn();
        }

        for (int i = 0; i < people.Length; i++)
        {
            people[i].SendIm(people[(i + 1) % people.Length], $"last {i}");
        }

        for (int i = 0; i < people.Length; i++)
        {
            Assert.That(people[(i + 1) % people.Length].WaitForIm($"last {i}", TimeSpan.FromSeconds(3)), Is.Not.Null, $"{people[i].Name} is not stuck");
        }
    }

    private static void AssertFlat(ProcessFootprint before, ProcessFootprint after, double mostGrowth, string name)
    {
        Assert.That(after.Descriptors, Is.LessThanOrEqualTo(before.Descriptors + 1), $"descriptors of the {name}");
        Assert.That(after.Resident, Is.LessThanOrEqualTo(before.Resident + mostGrowth), $"memory of the {name}, in MB");
    }

    /// <summary>Everybody signs off: after the grace times no flow and no mapping is known, and at the end no rule is left.</summary>
    private static void AssertNothingIsLeft(Lab lab, GatewayTool tool, List<Chatter> chatters)
    {
        chatters.ForEach(chatter => chatter.Person.SignOff());
        JsonElement status = default;
        bool isEmpty = Moment.Comes(
            () =>
            {
                Thread.Sleep(1_000);
                status = GatewayStatus.Read(lab.Gateway);
                return status.GetProperty("flows").GetInt32() == 0 && status.GetProperty("mappings").GetArrayLength() == 0 && lab.Gateway.MappingCount() == 0;
            },
            150);
        Assert.That(isEmpty, $"flows and mappings that stay: {status}");
        Assert.That(status.GetProperty("held").GetInt32(), Is.Zero, "packets held");
        Assert.That(lab.Gateway.WaitingCount(), Is.Zero, "packets that wait in the kernel");
        Assert.That(tool.Stop().Code, Is.Zero);
        Assert.That(lab.Gateway.ForeignRules(), Is.Empty, "no rule of ours is left");
    }
}
