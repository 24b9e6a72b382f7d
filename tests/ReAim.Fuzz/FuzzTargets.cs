using ReAim.Fuzz.Targets;

namespace ReAim.Fuzz;

/// <summary>All targets there are.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new EngineTarget(),
        new StreamTarget(),
        new TextTarget(),
        new MessageTarget(),
        new PacketTarget(),
        new TranslatorTarget(),
        new CaptureTarget(),
        new InspectTarget(),
        new NetlinkTarget(),
        new RulesetTarget(),
        new StatusTarget(),
    ];

    public static FuzzTarget? Find(string name) => All.FirstOrDefault(target => target.Name == name);
}
