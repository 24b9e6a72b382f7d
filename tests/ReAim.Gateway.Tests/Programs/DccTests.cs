using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Programs;

/// <summary>Programs that people use, behind a gateway: what they do with nothing in the way they do with ReAim.</summary>
[RequiresRoot, RequiresRun, Category("Programs")]
internal sealed class DccTests
{
    private static readonly DccTable s_table = new();

    private static IEnumerable<TestCaseData> Pairs =>
        from client in (ClientProgram[])[ClientProgram.Irssi, ClientProgram.WeeChat, ClientProgram.Epic, ClientProgram.HexChat]
        from server in Enum.GetValues<ServerProgram>()
        select new TestCaseData(client, server).SetArgDisplayNames(client.Name, $"{server}");

    [Test, RequiresPrograms("irssi", "script", "ngircd")]
    public void A_file_and_a_conversation_of_irssi_reach_the_peer()
    {
        using var scene = new DccScene(ClientProgram.Irssi, ServerProgram.NgIrcd, hasGateway: true, hasReaim: true);
        Assert.That(scene.Try(DccOperation.SendSmall), Is.Null);
        Assert.That(scene.BobHasSeen($"DCC SEND from alice [{ProgramLab.PublicAddress} port "), scene.Report());
        Assert.That(scene.Try(DccOperation.Chat), Is.Null);
    }

    [Test, Full("programs"), RequiresPrograms("irssi", "script", "ngircd")]
    public void Without_ReAim_a_file_does_not()
    {
        using var scene = new DccScene(ClientProgram.Irssi, ServerProgram.NgIrcd, hasGateway: true, hasReaim: false);
        Assert.That(scene.Try(DccOperation.SendSmall), Is.Not.Null);
    }

    [TestCaseSource(nameof(Pairs)), Full("programs")]
    public void What_a_program_can_do_with_nothing_in_the_way_it_can_do_with_ReAim(object clientProgram, object serverProgram)
    {
        (ClientProgram client, ServerProgram server) = ((ClientProgram)clientProgram, (ServerProgram)serverProgram);
        string[] missing = [.. client.Programs.Concat(ServerPrograms.Of(server)).Where(program => !RequiresProgramsAttribute.IsThere(program))];
        Assume.That(missing, Is.Empty, "NOT TESTED: these programs are not installed");
        DccOperation[] expected = [.. Enum.GetValues<DccOperation>().Except(client.Cannot)];
        Dictionary<DccOperation, string> failures = TryAll(client, server, expected, isControl: false);

        // Whose fault it is shows with nothing in the way, and so does what the program cannot do.
        DccOperation[] doubtful = [.. failures.Keys, .. client.Cannot];
        Dictionary<DccOperation, string> own = doubtful.Length == 0 ? [] : TryAll(client, server, doubtful, isControl: true);
        foreach (DccOperation operation in Enum.GetValues<DccOperation>())
        {
            s_table.Note(client, server, operation, own.ContainsKey(operation) ? DccResult.OwnFault : failures.ContainsKey(operation) ? DccResult.Failed : DccResult.Works);
        }

        string[] ours = [.. failures.Where(pair => !own.ContainsKey(pair.Key)).Select(pair => $"{pair.Key}: {pair.Value}")];
        Assert.That(ours, Is.Empty, "works with nothing in the way, but not with ReAim");
        Assert.That(own.Keys, Is.EquivalentTo(client.Cannot), $"what the program cannot do itself:\n{string.Join('\n', own.Values)}");
    }

    /// <summary>For docs/PROTOCOL-IRC.md.</summary>
    [OneTimeTearDown]
    public void Print_the_table()
    {
        if (!s_table.IsEmpty)
        {
            TestContext.Progress.WriteLine(s_table.ToMarkdown());
        }
    }

    private static Dictionary<DccOperation, string> TryAll(ClientProgram client, ServerProgram server, DccOperation[] operations, bool isControl)
    {
        using var scene = new DccScene(client, server, hasGateway: !isControl, hasReaim: !isControl);
        var failures = new Dictionary<DccOperation, string>();
        foreach (DccOperation operation in operations)
        {
            if (scene.Try(operation, client.Cannot.Contains(operation) ? 4 : 20) is { } failure)
            {
                failures.Add(operation, failure);
            }
        }

        return failures;
    }
}
