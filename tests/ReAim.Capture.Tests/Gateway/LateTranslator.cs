using System.Diagnostics.CodeAnalysis;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Tests.Gateway;

/// <summary>Answers when it is told to.</summary>
internal sealed class LateTranslator : ITranslator
{
    private readonly Queue<MappingAnswer> _answers = new();
    private readonly Queue<Ipv4Endpoint> _servers = new();

    /// <summary>What was asked for, in order.</summary>
    public List<string> Asked { get; } = [];

    public Mapping Last { get; private set; }

    public Ipv4Endpoint LastServer { get; private set; }

    public void Install(Mapping mapping)
    {
        Last = mapping;
        Asked.Add($"+ {mapping}");
    }

    public void Answer(bool installed) => _answers.Enqueue(new MappingAnswer(Last, installed, "no"));

    public bool TryTakeAnswer(out MappingAnswer answer) => _answers.TryDequeue(out answer);

    public void Remove(Mapping mapping) => Asked.Add($"- {mapping}");

    public void KeepNeighboursOut(Mapping mapping) => Asked.Add($"< {mapping}");

    public void LetNeighboursIn(Mapping mapping) => Asked.Add($"> {mapping}");

    public void Expect(Ipv4Endpoint server)
    {
        Asked.Add($"! {server}");
        LastServer = server;
    }

    public void AnswerServer() => _servers.Enqueue(LastServer);

    public bool TryTakeServer(out Ipv4Endpoint server) => _servers.TryDequeue(out server);

    public PeerPath PeerPath { get; set; }

    /// <summary>What has become of peers' connects.</summary>
    public Queue<PeerReport> Peers { get; } = new();

    public bool TryTakePeer([NotNullWhen(true)] out PeerReport? report) => Peers.TryDequeue(out report);

    public void Reinstall()
    {
    }

    public void Dispose()
    {
    }
}
