using ReAim.Alg.Streams;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.WinDivert;
using ReAim.Capture.Gateway;
using ReAim.Capture.Monitoring;
using ReAim.Capture.Translators.WinNat;

namespace ReAim.Capture.Tests.Translators;

/// <summary>What Windows' NAT is asked for, and what becomes of its answers.</summary>
[TestFixture]
internal sealed class WinNatTranslatorTests : ICommandShell
{
    private static readonly Mapping File = Of("203.0.113.7", 5190, "192.168.7.10", 5190);
    private static readonly Mapping Other = Of("203.0.113.7", 61_000, "192.168.7.20", 5190);

    private readonly List<(string Command, Action<string?, string> Answered)> _asked = [];
    private readonly Queue<Action> _answers = new();
    private readonly StringWriter _log = new();
    private string _path = "";
    private long _now;

    [SetUp]
    public void SetUp()
    {
        _asked.Clear();
        _answers.Clear();
        _log.GetStringBuilder().Clear();
        _path = Path.GetTempFileName();
    }

    [TearDown]
    public void TearDown() => System.IO.File.Delete(_path);

    [Test]
    public void No_forward_rules_are_blamed_for_a_peer_without_an_answer() =>
        Assert.That((Make().PeerPath, new UserspaceMappings().PeerPath), Is.EqualTo((PeerPath.Translation, PeerPath.Translation)));

    [Test]
    public void A_mapping_is_written_down_before_it_is_added_and_removed_by_its_number()
    {
        WinNatTranslator translator = Make();
        translator.Install(File);
        Assert.That(Written(), Is.EqualTo(new[] { File }));
        Assert.That(_asked.Single().Command, Is.EqualTo(
            "(Add-NetNatStaticMapping -NatName 'it''s home' -Protocol TCP -ExternalIPAddress 0.0.0.0/24 -ExternalPort 5190 -InternalIPAddress 192.168.7.10 -InternalPort 5190 -ErrorAction Stop).StaticMappingID"));
        Assert.That(translator.TryTakeAnswer(out _), Is.False);
        Answer("17");
        Assert.That(translator.TryTakeAnswer(out MappingAnswer answer));
        Assert.That((answer.Mapping, answer.IsInstalled), Is.EqualTo((File, true)));
        translator.Remove(File);
        Assert.That(_asked.Single().Command, Is.EqualTo("Remove-NetNatStaticMapping -StaticMappingID 17 -Confirm:$false -ErrorAction Stop; 'done'"));
        Assert.That(Written(), Is.EqualTo(new[] { File }), "until Windows confirms it");
        Answer("done");
        translator.TryTakeAnswer(out _);
        Assert.That(Written(), Is.Empty);
    }

    [Test]
    public void A_refusal_says_why_and_whatever_it_came_to_is_taken_back()
    {
        WinNatTranslator translator = Make();
        translator.Install(File);
        Answer(null, "The port is in use");
        translator.TryTakeAnswer(out MappingAnswer answer);
        Assert.That(answer, Is.EqualTo(new MappingAnswer(File, false, "The port is in use")));
        Assert.That(_asked.Single().Command, Does.Contain("Remove-NetNatStaticMapping"));
    }

    [Test]
    public void An_answer_that_is_no_number_is_a_refusal()
    {
        WinNatTranslator translator = Make();
        translator.Install(File);
        Answer("");
        translator.TryTakeAnswer(out MappingAnswer answer);
        Assert.That((answer.IsInstalled, answer.Refusal), Is.EqualTo((false, "Windows answered ''")));
    }

    [Test]
    public void What_nobody_can_watch_is_not_opened()
    {
        WinNatTranslator translator = Make();
        translator.TryCover = () => false;
        translator.Install(File);
        Assert.That(translator.TryTakeAnswer(out MappingAnswer answer));
        Assert.That((answer.IsInstalled, _asked.Count), Is.EqualTo((false, 0)));
    }

    [Test]
    public void What_is_closed_before_it_was_added_is_removed_behind_its_add()
    {
        WinNatTranslator translator = Make();
        translator.Install(File);
        translator.Remove(File);
        Assert.That(_asked.Select(asked => asked.Command.Split('-')[0]), Is.EqualTo(new[] { "(Add", "Get" }));
        Answer("3");
        translator.TryTakeAnswer(out MappingAnswer answer);
        Assert.That(answer.IsInstalled, Is.False);
        translator.Install(Other);
        Assert.That(Written(), Is.EquivalentTo(new[] { File, Other }));
    }

    [Test]
    public void What_could_not_be_removed_stays_written_down_and_is_tried_again()
    {
        WinNatTranslator translator = Make();
        translator.Install(File);
        Answer("3");
        translator.TryTakeAnswer(out _);
        translator.Remove(File);
        Answer(null, "Access denied");
        translator.TryTakeAnswer(out _);
        Assert.That((Written().Single(), _asked.Count), Is.EqualTo((File, 0)));
        Assert.That(_log.ToString(), Does.Contain("203.0.113.7:5190 -> 192.168.7.10:5190 could not be removed from Windows' NAT and will be tried again: Access denied."));
        _now += 10_000;
        translator.TryTakeAnswer(out _);
        Answer("done");
        translator.TryTakeAnswer(out _);
        Assert.That(Written(), Is.Empty);
    }

    [Test]
    public void What_a_killed_one_has_left_is_removed_by_its_ends_twice()
    {
        new MappingRecord(_path).Write([File, Other]);
        System.IO.File.AppendAllText(_path, "rubbish\n203.0.113.7 99999 192.168.7.10 1\n");
        WinNatTranslator translator = Make();
        translator.RemoveLeftovers();
        const string Command = "Get-NetNatStaticMapping -ErrorAction Stop | Where-Object { $_.Protocol -eq 'TCP' -and "
            + "(($_.ExternalPort -eq 5190 -and $_.InternalIPAddress -eq '192.168.7.10' -and $_.InternalPort -eq 5190)"
            + " -or ($_.ExternalPort -eq 61000 -and $_.InternalIPAddress -eq '192.168.7.20' -and $_.InternalPort -eq 5190)) }"
            + " | Remove-NetNatStaticMapping -Confirm:$false -ErrorAction Stop; 'done'";
        Assert.That(_asked.Single().Command, Is.EqualTo(Command));
        Answer("done");
        translator.TryTakeAnswer(out _);
        Assert.That(Written(), Is.EquivalentTo(new[] { File, Other }), "its last commands may come still");
        _now += 10_000;
        translator.TryTakeAnswer(out _);
        Assert.That(_asked.Single().Command, Is.EqualTo(Command));
        Answer("done");
        translator.TryTakeAnswer(out _);
        Assert.That(Written(), Is.Empty);
    }

    [Test]
    public void What_is_wanted_again_is_not_removed_a_second_time()
    {
        new MappingRecord(_path).Write([File]);
        WinNatTranslator translator = Make();
        translator.RemoveLeftovers();
        Answer("done");
        translator.Install(File);
        Answer("4");
        _now += 10_000;
        Assert.That(translator.TryTakeAnswer(out MappingAnswer answer) && answer.IsInstalled);
        Assert.That(_asked, Is.Empty);
        Assert.That(Written(), Is.EqualTo(new[] { File }));
    }

    [Test]
    public void At_the_end_all_are_removed_by_one_command()
    {
        WinNatTranslator translator = Make();
        translator.Install(File);
        Answer("3");
        translator.TryTakeAnswer(out _);
        translator.Install(Other);
        translator.Dispose();
        Assert.That(_asked, Has.Count.EqualTo(2), "an add and the removal");
        Assert.That(_asked[1].Command, Does.Contain("-eq 5190 -and").And.Contain("-eq 61000 -and"));
        Assert.That(Written(), Is.EquivalentTo(new[] { File, Other }), "for the next start, unless Windows confirms it");
    }

    [Test]
    public void A_record_that_cannot_be_written_means_no_mapping()
    {
        var translator = new WinNatTranslator(this, "x", new MappingRecord(Path.Combine(_path, "none", "record")), Log(), () => _now) { TryCover = () => true };
        translator.Install(File);
        Assert.That(translator.TryTakeAnswer(out MappingAnswer answer));
        Assert.That((answer.IsInstalled, _asked.Count), Is.EqualTo((false, 0)));
        Assert.That(answer.Refusal, Does.StartWith("what is opened cannot be written down: "));
    }

    [Test]
    public void Whose_a_connection_is_comes_from_the_nats_sessions()
    {
        var found = new List<(FlowKey, Ipv4Address)>();
        var sessions = new WinNatSessions(this, (flow, host) => found.Add((flow, host)), Log());
        var flow = new FlowKey(File.Public with { Port = 40_000 }, new Ipv4Endpoint(new Ipv4Address(0xC633_6405), 5190));
        sessions.Ask(flow);
        Assert.That(_asked.Single().Command, Is.EqualTo(
            "Get-NetNatSession -ErrorAction Stop | Where-Object { $_.ExternalSourcePort -eq 40000 -and $_.ExternalDestinationPort -eq 5190 -and $_.ExternalDestinationAddress -eq '198.51.100.5' } | ForEach-Object { $_.InternalSourceAddress }"));
        Answer("192.168.7.10");
        Deliver();
        Assert.That(found, Is.EqualTo(new[] { (flow, File.Lan.Address) }));
        sessions.Ask(flow);
        Answer("");
        Deliver();
        Assert.That(found, Has.Count.EqualTo(1), "nobody's");
    }

    /// <inheritdoc/>
    public void Ask(string command, Action<string?, string> answered) => _asked.Add((command, answered));

    /// <inheritdoc/>
    public void Deliver()
    {
        while (_answers.TryDequeue(out Action? answer))
        {
            answer();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static Mapping Of(string outside, ushort port, string inside, ushort lanPort)
    {
        Assert.That(Ipv4Address.TryParse(outside, out Ipv4Address publicAddress));
        Assert.That(Ipv4Address.TryParse(inside, out Ipv4Address host));
        return new Mapping(new Ipv4Endpoint(publicAddress, port), new Ipv4Endpoint(host, lanPort));
    }

    private WinNatTranslator Make() => new(this, "it's home", new MappingRecord(_path), Log(), () => _now) { TryCover = () => true };

    private IReadOnlyList<Mapping> Written() => new MappingRecord(_path).Read();

    private EventLog Log() => new(_log, showsTime: false);

    private void Answer(string? answer, string failure = "")
    {
        (_, Action<string?, string> answered) = _asked[0];
        _asked.RemoveAt(0);
        _answers.Enqueue(() => answered(answer, failure));
    }
}
