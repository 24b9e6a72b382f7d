namespace ReAim.Capture.Checking.Firewall;

/// <summary>One condition of a rule: the field has one of some values, or has none of them.</summary>
/// <param name="Field">What is looked at.</param>
/// <param name="Values">The values, as <see cref="PacketField"/> describes them.</param>
/// <param name="IsNegated">True if the field must have none of them.</param>
internal sealed record Condition(PacketField Field, IReadOnlyList<string> Values, bool IsNegated = false)
{
    /// <summary>A condition that holds for some packets, nobody knows which.</summary>
    public static Condition Unknown { get; } = new(PacketField.Other, []);

    /// <summary>A condition that no packet meets.</summary>
    public static Condition Never { get; } = new(PacketField.Family, []);
}
